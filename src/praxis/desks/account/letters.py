"""The letters of signing in, one kind for each that allauth sends."""

from __future__ import annotations

from praxis.foundation.notices.kinds import Kind, register


def _code_kind(name: str, label: tuple[str, str], subject: tuple[str, str], purpose: tuple[str, str]) -> Kind:
    zh, en = purpose
    return Kind(
        f"account.{name}",
        {"zh-hans": label[0], "en": label[1]},
        {"zh-hans": f"{subject[0]}：{{code}}", "en": f"{subject[1]}: {{code}}"},
        {
            "zh-hans": (
                f"您好：\n\n{zh}\n\n    {{code}}\n\n"
                "请在打开的页面中输入，15分钟内有效。请勿将验证码告诉他人，我们不会向您索要。\n"
                "如果不是您本人操作，请忽略本邮件，您的账户没有任何变化。\n"
            ),
            "en": (
                f"Hello,\n\n{en}\n\n    {{code}}\n\n"
                "Enter it on the page you have open; it is valid for 15 minutes. Tell it to nobody: we never ask for it.\n"
                "If this was not you, do nothing; your account has not changed.\n"
            ),
        },
        secret=True,
    )


KINDS = [
    _code_kind(
        "login_code", ("登录验证码", "Sign-in code"), ("登录验证码", "Your sign-in code"),
        ("您的登录验证码是：", "Your code to sign in is:"),
    ),
    _code_kind(
        "email_confirmation_signup", ("注册验证码", "Registration code"), ("注册验证码", "Your registration code"),
        ("感谢注册。请用以下验证码确认这个邮箱属于您：", "Thank you for registering. This code confirms that the address is yours:"),
    ),
    _code_kind(
        "email_confirmation", ("邮箱验证码", "Code for an address"), ("邮箱验证码", "Confirm your address"),
        ("请用以下验证码确认这个邮箱属于您：", "This code confirms that the address is yours:"),
    ),
    _code_kind(
        "password_reset_code", ("重设密码验证码", "Code for a new password"),
        ("重设密码验证码", "Your code for a new password"),
        ("您可以用以下验证码设置新密码：", "With this code you can set a new password:"),
    ),
    Kind(
        "account.unknown_account",
        {"zh-hans": "邮箱尚未注册", "en": "No account with this address"},
        {"zh-hans": "这个邮箱尚未注册", "en": "There is no account with this address"},
        {
            "zh-hans": (
                "您好：\n\n有人（也许是您）想用这个邮箱登录，但它尚未注册。\n\n"
                "如需注册，请打开：{link}\n如果您用其他邮箱注册过，请用那个邮箱登录。\n"
                "如果不是您本人操作，请忽略本邮件。\n"
            ),
            "en": (
                "Hello,\n\nsomebody, perhaps you, tried to sign in with this address, but there is no account with it.\n\n"
                "Register here: {link}\nIf you registered with another address, sign in with that one.\n"
                "If this was not you, do nothing.\n"
            ),
        },
    ),
    Kind(
        "account.account_already_exists",
        {"zh-hans": "邮箱已经注册", "en": "You already have an account"},
        {"zh-hans": "您已经有账户", "en": "You already have an account"},
        {
            "zh-hans": (
                "您好：\n\n有人（也许是您）想用这个邮箱注册，但它已有账户，无需再次注册。\n\n"
                "请直接登录：{link}\n如果不是您本人操作，请忽略本邮件。\n"
            ),
            "en": (
                "Hello,\n\nsomebody, perhaps you, tried to register with this address. It has an account already.\n\n"
                "Sign in here: {link}\nIf this was not you, do nothing.\n"
            ),
        },
    ),
]


def register_all() -> None:
    for kind in KINDS:
        register(kind)
