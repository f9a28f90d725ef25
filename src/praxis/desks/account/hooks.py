"""What the account desk registers: the letters of signing in, and where its pages are."""

from praxis.desks.account import letters
from praxis.foundation.links import register

letters.register_all()
register("sign_in", "account_login")
register("register", "account_signup")
