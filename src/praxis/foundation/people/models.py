"""Users and organisations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from praxis.foundation import clock
from praxis.foundation.locale import pick
from praxis.foundation.places.models import Place
from praxis.foundation.statements import Statement


class UserManager(BaseUserManager["User"]):
    """Makes users by their e-mail address."""

    def get(self, *args: Any, **kwargs: Any) -> User:
        """One user. Whoever is signed in is asked for by number at each page, so that question is built once."""
        number = kwargs.get("pk")
        # A manager of related users is of a class of its own, and narrower.
        if type(self) is not UserManager or args or len(kwargs) != 1 or not isinstance(number, int):
            return super().get(*args, **kwargs)
        found = _BY_NUMBER.first(pk=number)
        if found is None:
            raise User.DoesNotExist("User matching query does not exist.")
        return found

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.at_address(username or "").get()

    def at_address(self, email: str) -> models.QuerySet[User]:
        """Whoever has this address, in capitals or not; read through the index of the folded address."""
        return self.alias(folded=Lower("email")).filter(folded=email.strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. The e-mail address is the name they sign in with."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=12, default="en")
    zone = models.CharField(max_length=60, blank=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="people_user_email_folded")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        return self.is_superuser


_BY_NUMBER: Statement[User] = Statement(lambda pk: User.objects.filter(pk=pk), pk=int)


class Organisation(models.Model):
    """An organisation: applicant, recommending unit or partner. Names by language; at least one is given."""

    names = models.JSONField(default=dict)
    kind = models.CharField(max_length=40, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    registration = models.CharField(max_length=40, blank=True)
    website = models.URLField(blank=True)
    address = models.CharField(max_length=300, blank=True)
    invented = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return pick(self.names) or f"#{self.pk}"

    def name_in(self, language: str) -> str:
        return pick(self.names, language)


class Membership(models.Model):
    """A colleague in an organisation. `owner` may invite and remove others."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    owner = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="people_membership_once")]


class ColleagueInvitation(models.Model):
    """An invitation to join an organisation, answered through its token; expires."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    token = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)


class SignInLink(models.Model):
    """A link that signs one person in, once (first administrator, demo roles). Only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    reusable = models.BooleanField(default=False)
