"""Mail about a person's own account: a link for a password, and what was changed."""

from dataclasses import dataclass

from core.account_notices import SENTENCES
from core.domain.ideas.life import Happening
from core.mail import Mail, Mailer

NOT_YOU = "If that was not you, tell an administrator at once."


@dataclass(frozen=True, slots=True)
class AccountMail:
    """Sends it; `app_address` is where people reach the app."""

    mailer: Mailer
    company_name: str
    app_address: str

    def send_link(self, email: str, name: str, token: str, hours: int) -> bool:
        """Mail a one-time link and return whether it was taken; raise MailUnavailable."""
        mail = Mail(
            to=email,
            subject=f"{self.company_name}: choose your password for the GenAI Sandbox",
            text=f"Hello {name},\n\nchoose your password with this link. It works once, for "
            f"{hours} hours:\n\n{self.app_address.rstrip('/')}/new-password?token={token}\n\n"
            "Nobody else has seen it. If you expected no such mail, tell an administrator.\n",
        )
        return bool(self.mailer.send([mail]))

    def tell(self, email: str, name: str, happening: Happening) -> bool:
        """Mail what was changed and return whether it was taken; raise MailUnavailable."""
        mail = Mail(
            to=email,
            subject=f"{self.company_name}: a change of your account in the GenAI Sandbox",
            text=f"Hello {name},\n\n{SENTENCES[happening]} {NOT_YOU}\n",
        )
        return bool(self.mailer.send([mail]))
