"""All that people and administrators can do with the AI-use policy."""

from dataclasses import dataclass

from admin.policy.first_steps import FirstSteps
from admin.policy.policies import Policies
from admin.policy.quiz import PolicyQuiz
from admin.policy.standings import PolicyStandings
from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class PolicyServices:
    """The services of the policy."""

    versions: Policies
    standings: PolicyStandings
    quiz: PolicyQuiz
    first_steps: FirstSteps

    @classmethod
    def on(cls, database: Database) -> "PolicyServices":
        """Build them on a database."""
        return cls(
            Policies(database),
            PolicyStandings(database),
            PolicyQuiz(database),
            FirstSteps(database),
        )
