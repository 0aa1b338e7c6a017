"""What people are told about changes of how they sign in, on pages and in mail."""

from core.domain.ideas.life import Happening

SENTENCES = {
    Happening.ACCOUNT_FACTOR_ADDED: "A second factor was added to your account.",
    Happening.ACCOUNT_FACTOR_REMOVED: "The second factor of your account was removed.",
    Happening.ACCOUNT_PASSWORD_SET: "A new password was set for your account with a link.",
    Happening.ACCOUNT_CONNECTED: "A company account was connected with your account.",
    Happening.ACCOUNT_DISCONNECTED: "A company account was disconnected from your account.",
}
