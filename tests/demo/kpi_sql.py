"""The board's figures as SQL, written from the sentences that define them, not from their code."""
# ruff: noqa: S608  queries are made of the constants of this file

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

from admin.usage.period import Period, midnight

FEWEST = 20
OPEN = "('submitted', 'triage', 'needs_info', 'evaluation', 'approved', 'experiment')"
COMPANY = UTC
"""The company's calendar: the sandbox of these tests has the usual one."""
GONE = "('parked', 'declined', 'duplicate', 'withdrawn', 'retired')"
WAY = ("submitted", "triage", "evaluation", "approved", "experiment", "production")
ASKED = "surface <> 'evaluation' AND created_at >= :since AND created_at < :until"
ACTIVE = "SELECT id FROM users WHERE is_active"
FIRST_PRODUCTION = """
    SELECT idea_id, min(at) AS at FROM idea_moves WHERE to_status = 'production' GROUP BY idea_id
"""
STATES = """
    SELECT id, submitted_at, coalesce(
        (SELECT to_status FROM idea_moves WHERE idea_id = ideas.id AND at < :until
         ORDER BY at DESC LIMIT 1),
        (SELECT from_status FROM idea_moves WHERE idea_id = ideas.id ORDER BY at LIMIT 1),
        status) AS state
    FROM ideas WHERE submitted_at < :until
"""
LIVE = """
    SELECT documents.* FROM documents
    JOIN document_versions ON document_versions.id = documents.current_version_id
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What SQL says of a figure; `parts` are compared only where there are any."""

    value: float | None
    cases: int | None = None
    parts: Mapping[str, float | None] = field(default_factory=dict)


class Year:
    """The rows of a SQLite database at a moment, and questions about a period of them."""

    def __init__(self, path: Path, period: Period, now: datetime) -> None:
        self._rows = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.period = period
        self.now = now

    @property
    def parameters(self) -> dict[str, object]:
        period = self.period
        return {
            "since": moment(period.since),
            "until": moment(period.until),
            "first": period.first.isoformat(),
            "last": period.last.isoformat(),
            "now": moment(self.now),
            "today": self.now.astimezone(period.zone).date().isoformat(),
        }

    def rows(self, query: str, **more: object) -> list[tuple[object, ...]]:
        return self._rows.execute(query, {**self.parameters, **more}).fetchall()

    def one(self, query: str, **more: object) -> int:
        [[value]] = self.rows(query, **more)
        return value or 0  # type: ignore[return-value]  # every query gives a number

    def parts(self, query: str, **more: object) -> dict[str, float]:
        return dict(self.rows(query, **more))  # type: ignore[arg-type]

    def column(self, query: str, **more: object) -> list[float]:
        return [row[0] for row in self.rows(query, **more)]  # type: ignore[misc]

    def last_days(self, first: int, last: int = 0) -> dict[str, object]:
        """The moments of the days from `first` up to `last` days before the last one."""
        begin, end = (self.period.last - timedelta(days=days) for days in (first, last - 1))
        until = min(midnight(end, self.period.zone), self.period.until)
        return {"since": moment(midnight(begin, self.period.zone)), "until": moment(until)}

    def months(self) -> list[date]:
        """The first days of the months that the period touches and that have begun there."""
        last = min(self.period.last, self.now.astimezone(COMPANY).date())
        days = (last - self.period.first).days + 1
        return sorted({(self.period.first + timedelta(d)).replace(day=1) for d in range(days)})

    def month(self, month: date) -> dict[str, object]:
        after = (month + timedelta(days=32)).replace(day=1)
        ends = min(midnight(after, COMPANY), self.period.as_of)
        begins = midnight(month, COMPANY)
        return {"since": moment(begins), "until": moment(max(begins, ends))}


def moment(at: datetime) -> str:
    """A moment as SQLite keeps it."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def share(hits: int, cases: int) -> Told:
    return Told(hits / cases if cases >= FEWEST else None, cases)


def middle(days: list[float]) -> float | None:
    return median(days) if days else None


def days_between(earlier: str, later: str) -> str:
    return f"(julianday({later}) - julianday({earlier}))"


# Portfolio


def projects_implemented(year: Year) -> Told:
    return Told(
        year.one(f"SELECT count(*) FROM ({FIRST_PRODUCTION}) WHERE at >= :since AND at < :until")
    )


def projects_in_flight(year: Year) -> Told:
    return Told(year.one(f"SELECT count(*) FROM ({STATES}) WHERE state = 'experiment'"))


def experiments_started(year: Year) -> Told:
    parts = dict.fromkeys(("success", "failure", "inconclusive", "running"), 0.0)
    parts |= year.parts("""
        SELECT coalesce(outcome, 'running'), count(*) FROM idea_experiments
        WHERE started_on BETWEEN :first AND :last GROUP BY 1
    """)
    return Told(sum(parts.values()), None, parts)


def idea_to_production(year: Year) -> Told:
    days = sorted(
        year.column(f"""
        SELECT {days_between("submitted_at", "at")} FROM ({FIRST_PRODUCTION})
        JOIN ideas ON ideas.id = idea_id WHERE at >= :since AND at < :until
    """)
    )
    stays = year.rows(f"""
        WITH moves AS (
            SELECT from_status AS state, at, coalesce(
                lag(at) OVER (PARTITION BY idea_id ORDER BY at), ideas.submitted_at) AS came
            FROM idea_moves JOIN ideas ON ideas.id = idea_id)
        SELECT state, {days_between("came", "at")} FROM moves
        WHERE at >= :since AND at < :until AND state <> 'draft'
    """)
    of_state = {state: [days for name, days in stays if name == state] for state, _ in stays}
    parts = {str(state): middle(found) for state, found in of_state.items()}  # type: ignore[arg-type]
    return Told(middle(days), len(days), {"80th percentile": p80(days), **parts})


def p80(values: list[float]) -> float | None:
    """The 80th percentile by the nearest rank: four of five values are no higher."""
    enough = [value for value in values if 5 * sum(v <= value for v in values) >= 4 * len(values)]
    return min(enough, default=None)


def open_ideas_age(year: Year) -> Told:
    rows = year.rows(f"""
        SELECT state, {days_between("submitted_at", ":until")} FROM ({STATES}) WHERE state IN {OPEN}
    """)
    ages: list[float] = [age for _, age in rows]  # type: ignore[misc]
    parts = {
        str(state): middle([age for other, age in rows if other == state])  # type: ignore[misc]
        for state in {state for state, _ in rows}
    }
    return Told(middle(ages), len(ages), parts)


OF_IDEAS = """
    WITH RECURSIVE months(month) AS (
        SELECT '2015-01-01' UNION ALL SELECT date(month, '+1 month') FROM months
        WHERE month < date(:today, 'start of month'))
    SELECT idea_id, month, benefit_micros AS benefit, cost_micros AS cost
    FROM idea_impacts WHERE kind = 'actual'
    UNION ALL SELECT idea_id, date(coalesce(ended_on, started_on), 'start of month'), 0, cost_micros
    FROM idea_experiments WHERE cost_micros IS NOT NULL
    UNION ALL SELECT idea_id, month, 0,
        coalesce(amount_micros, 1.0 * hours_micros * rate_micros / 1000000)
    FROM cost_items JOIN months ON (rhythm = 'once' AND first_month = month) OR (
        rhythm = 'monthly' AND first_month <= month AND coalesce(last_month, month) >= month)
    WHERE idea_id IS NOT NULL
"""


def gain(year: Year, ledger: str) -> Told:
    benefit, cost = (
        year.one(
            f"SELECT sum({column}) FROM ({ledger}) WHERE month >= :from AND month <= :last",
            **{"from": year.period.first.replace(day=1).isoformat()},
        )
        for column in ("benefit", "cost")
    )
    value = (benefit - cost) / cost if cost else None
    return Told(value, None, {"benefit": benefit / 1e6, "cost": cost / 1e6})


def roi_actual(year: Year) -> Told:
    return gain(year, OF_IDEAS)


def roi_projected(year: Year) -> Told:
    return gain(
        year,
        "SELECT month, benefit_micros AS benefit, cost_micros AS cost FROM idea_impacts"
        " WHERE kind = 'planned'",
    )


def conversion(year: Year) -> Told:
    born = "SELECT id FROM ideas WHERE submitted_at >= :since AND submitted_at < :until"
    cases = year.one(f"SELECT count(*) FROM ({born})")
    parts: dict[str, float] = {**dict.fromkeys(WAY, 0.0), "submitted": cases}
    parts |= {
        state: count
        for state, count in year.parts(f"""
            SELECT state, count(DISTINCT id) FROM (
                SELECT idea_id AS id, to_status AS state FROM idea_moves
                UNION SELECT idea_id, from_status FROM idea_moves
                UNION SELECT id, status FROM ideas)
            WHERE id IN ({born}) GROUP BY 1
        """).items()
        if state in WAY and state != "submitted"
    }
    return Told(share(int(parts["production"]), cases).value, cases, parts)


def quadrants(year: Year) -> Told:
    parts = year.parts(f"""
        SELECT quadrant, count(*) FROM ideas
        WHERE quadrant IS NOT NULL AND status NOT IN {GONE} GROUP BY 1
    """)
    return Told(sum(parts.values()), None, parts)


def categories(year: Year) -> Told:
    parts = year.parts(
        f"SELECT category, count(*) FROM ideas WHERE status NOT IN {GONE} GROUP BY 1"
    )
    return Told(sum(parts.values()), None, parts)


# Cost


def spent(year: Year, **moments: object) -> int:
    return year.one(f"SELECT sum(cost_micros) FROM model_calls WHERE {ASKED}", **moments)


def spend(year: Year) -> Told:
    return Told(
        spent(year),
        year.one(f"SELECT count(*) FROM model_calls WHERE {ASKED}"),
        year.parts(f"""
            SELECT model_requested, sum(cost_micros) FROM model_calls WHERE {ASKED}
            GROUP BY 1 HAVING sum(cost_micros) > 0
        """),
    )


def cost_per_answer(year: Year) -> Told:
    complete = year.one(f"SELECT count(*) FROM answer_usage WHERE {ASKED} AND status = 'complete'")
    return Told(spent(year) / complete if complete >= FEWEST else None, complete)


def cost_per_helpful_answer(year: Year) -> Told:
    helpful = year.one(f"""
        SELECT count(*) FROM answer_usage JOIN feedback USING (message_id)
        WHERE rating > 0 AND {ASKED.replace("created_at", "answer_usage.created_at")}
    """)
    return Told(spent(year) / helpful if helpful >= FEWEST else None, helpful)


def cost_per_thousand_tokens(year: Year) -> Told:
    tokens = year.one(f"SELECT sum(input_tokens + output_tokens) FROM model_calls WHERE {ASKED}")
    parts = {
        f"{model}, {currency} {way}": float(str(micros)) / 1000
        for model, currency, micros_in, micros_out in year.rows(f"""
            SELECT DISTINCT model_requested, prices.currency, input_micros, output_micros
            FROM model_calls JOIN prices ON prices.id = price_id WHERE {ASKED}
        """)
        for way, micros in (("in", micros_in), ("out", micros_out))
    }
    return Told(spent(year) * 1000 / tokens if tokens else None, tokens, parts)


def forecast(year: Year) -> Told:
    zone = year.period.zone
    today = year.now.astimezone(zone).date()
    begins = midnight(today.replace(day=1), zone)
    ends = midnight((today.replace(day=1) + timedelta(days=32)).replace(day=1), zone)
    so_far = spent(year, since=moment(begins), until=moment(year.now))
    elapsed = (year.now - begins) / (ends - begins)
    if today.day < 5 or year.period.last != today or not so_far:
        return Told(None)
    value = round(so_far / elapsed)
    return Told(value, None, {"so far": so_far})


def budget_used(year: Year) -> Told:
    month = year.now.astimezone(COMPANY).date().replace(day=1)
    [[spent_or_reserved, limit]] = year.rows(
        """
        SELECT sum(spent_micros + reserved_micros), min(limit_micros) FROM budgets
        JOIN budget_accounts ON budget_accounts.budget_id = budgets.id AND first_day = :month
        WHERE scope = 'company' AND period = 'month'
        """,
        month=month.isoformat(),
    )
    return Told(spent_or_reserved / limit)  # type: ignore[operator]  # there is such a budget


def blocked_calls(year: Year) -> Told:
    asked = ASKED.replace("created_at", "at")
    return Told(
        year.one(f"SELECT count(*) FROM refused_calls WHERE {asked}"),
        None,
        year.parts(f"SELECT reason, count(*) FROM refused_calls WHERE {asked} GROUP BY 1"),
    )


def unusual_days(year: Year) -> Told:
    def cost_of(day: date) -> int:
        until = min(midnight(day + timedelta(days=1), year.period.zone), year.period.until)
        begins = midnight(day, year.period.zone)
        return spent(year, since=moment(begins), until=moment(until))

    count = 0
    first, last = year.period.first, year.period.until.astimezone(year.period.zone).date()
    costs = {
        day: cost_of(day)
        for day in (first + timedelta(d - 28) for d in range((last - first).days + 29))
    }
    for day in (first + timedelta(d) for d in range((last - first).days + 1)):
        before = [cost for d in range(1, 29) if (cost := costs[day - timedelta(d)])]
        if len(before) < 10:
            continue
        usual = median(before)
        spread = median(abs(cost - usual) for cost in before)
        count += costs[day] > usual + 5 * spread and costs[day] > 2.5 * usual
    return Told(count)


def estimated_share(year: Year) -> Told:
    return share(
        year.one(f"SELECT sum(usage_source = 'estimated') FROM model_calls WHERE {ASKED}"),
        year.one(f"SELECT count(*) FROM model_calls WHERE {ASKED}"),
    )


def total_cost_before(year: Year) -> Told:
    """The cost of as many months before those of the period."""
    months = year.months()
    earlier = [months[0]]
    while len(earlier) <= len(months):
        earlier.append((earlier[-1] - timedelta(days=1)).replace(day=1))
    return total_cost_per_month(year, earlier[1:])


def total_cost_per_month(year: Year, months: list[date] | None = None) -> Told:
    months = months or year.months()
    parts: dict[str, float] = {}
    for month in months:
        of_models = year.parts(
            """
            SELECT CASE WHEN surface = 'evaluation' THEN 'evaluations'
                        WHEN purpose = 'embedding' THEN 'embeddings' ELSE 'answers' END,
                   sum(cost_micros)
            FROM model_calls WHERE created_at >= :since AND created_at < :until GROUP BY 1
        """,
            **year.month(month),
        )
        of_items = year.parts(
            """
            SELECT kind, sum(coalesce(amount_micros, 1.0 * hours_micros * rate_micros / 1000000))
            FROM cost_items
            WHERE (rhythm = 'once' AND first_month = :month) OR (rhythm = 'monthly'
                AND first_month <= :month AND coalesce(last_month, :month) >= :month)
            GROUP BY 1
        """,
            month=month.isoformat(),
        )
        for part, micros in (of_models | of_items).items():
            parts[part] = parts.get(part, 0) + micros / len(months)
    parts = {part: micros for part, micros in parts.items() if micros}
    return Told(sum(parts.values()), None, parts)


def ideas_paid_back(year: Year) -> Told:
    rows = year.rows(f"SELECT sum(benefit) >= sum(cost) FROM ({OF_IDEAS}) GROUP BY idea_id")
    return Told(sum(bool(paid) for [paid] in rows), len(rows))


# Adoption


def people(year: Year, **moments: object) -> set[str]:
    return {
        str(person)
        for [person] in year.rows(
            f"SELECT DISTINCT user_id FROM answer_usage WHERE {ASKED}", **moments
        )
    }


def weekly_active(year: Year) -> Told:
    return Told(len(people(year, **year.last_days(6))))


def monthly_active(year: Year) -> Told:
    return Told(len(people(year, **year.last_days(29))))


def stickiness(year: Year) -> Told:
    week, month = people(year, **year.last_days(6)), people(year, **year.last_days(29))
    return share(len(week), len(month))


def activation(year: Year) -> Told:
    active = {row[0] for row in year.rows(ACTIVE)}
    return share(len(people(year, **year.last_days(29)) & active), len(active))


def returning(year: Year) -> Told:
    before, last = people(year, **year.last_days(13, 7)), people(year, **year.last_days(6))
    return share(len(before & last), len(before))


def questions(year: Year) -> Told:
    return Told(year.one(f"SELECT count(*) FROM answer_usage WHERE {ASKED}"))


def questions_per_conversation(year: Year) -> Told:
    asked = int(questions(year).value or 0)
    talks = sum(
        year.one(
            f"SELECT count(DISTINCT conversation_id) FROM answer_usage WHERE {ASKED}",
            **year.last_days(back, back),
        )
        for back in range(year.period.days)
    )
    return Told(asked / talks if talks else None, talks)


CITED = """
    SELECT DISTINCT documents.id, documents.title, user_id, citations.message_id, rating
    FROM answer_usage JOIN citations USING (message_id)
    JOIN documents ON documents.id = document_id LEFT JOIN feedback USING (message_id, user_id)
    WHERE NOT is_nearest AND answer_usage.surface <> 'evaluation'
        AND answer_usage.created_at >= :since AND answer_usage.created_at < :until
"""


def most_read(year: Year) -> Told:
    counts = year.rows(f"""
        SELECT title, count(DISTINCT user_id), id FROM ({CITED}) GROUP BY id
        HAVING count(DISTINCT user_id) >= 5 ORDER BY 2 DESC, 1, 3
    """)
    return Told(len(counts), None, by_name(counts))


def by_name(counts: list[tuple[object, ...]]) -> dict[str, float]:
    """The ten most, with the collection of the two copies, and a number for the second."""
    titles = [str(title) for title, *_ in counts]
    named: dict[str, float] = {}
    for title, count, *_ in counts[:10]:
        name = str(title) if titles.count(str(title)) == 1 else f"{title} (Handbook)"
        named[name if name not in named else f"{name} 2"] = count  # type: ignore[assignment]
    return named


DEEDS = {
    "submitted": "SELECT submitter_id AS who FROM ideas WHERE submitted_at >= :since"
    " AND submitted_at < :until UNION SELECT user_id FROM idea_co_submitters JOIN ideas"
    " ON ideas.id = idea_id WHERE submitted_at >= :since AND submitted_at < :until",
    "voted": "SELECT user_id AS who FROM idea_votes WHERE at >= :since AND at < :until",
    "commented": "SELECT author_id AS who FROM idea_comments WHERE at >= :since AND at < :until",
    "reviewed": "SELECT reviewer_id AS who FROM idea_reviews"
    " WHERE submitted_at >= :since AND submitted_at < :until",
}


def participation(year: Year) -> Told:
    def staff(deed: str) -> int:
        return year.one(f"SELECT count(DISTINCT who) FROM ({deed}) WHERE who IN ({ACTIVE})")

    told = share(
        staff(" UNION ".join(DEEDS.values())), year.one(f"SELECT count(*) FROM ({ACTIVE})")
    )
    return Told(told.value, told.cases, {name: staff(deed) for name, deed in DEEDS.items()})


def ideas_per_hundred_staff(year: Year) -> Told:
    staff = year.one(f"SELECT count(*) FROM ({ACTIVE})")
    ideas = year.one(
        "SELECT count(*) FROM ideas WHERE submitted_at >= :since AND submitted_at < :until"
    )
    return Told(100 * ideas / staff if staff >= FEWEST else None, staff)


def campaign_turnout(year: Year) -> Told:
    chosen = "SELECT id FROM campaigns WHERE opens_on <= :last AND closes_on >= :first"
    ideas = f"SELECT id FROM ideas WHERE campaign_id IN ({chosen})"
    if not year.one(f"SELECT count(*) FROM ({chosen})"):
        return Told(None, 0)
    return share(
        year.one(f"""
            SELECT count(DISTINCT who) FROM (
                SELECT submitter_id AS who FROM ideas WHERE campaign_id IN ({chosen})
                UNION SELECT user_id FROM idea_co_submitters WHERE idea_id IN ({ideas})
                UNION SELECT user_id FROM idea_votes WHERE idea_id IN ({ideas}))
            WHERE who IN ({ACTIVE})
        """),
        year.one(f"SELECT count(*) FROM ({ACTIVE})"),
    )


# Quality

COMPLETE = f"{ASKED} AND status = 'complete'"
SEARCHED = "status = 'complete' AND engine <> 'sandbox'"
"""Small talk and lists of documents are made by the sandbox itself."""
ANSWERED = f"{SEARCHED} AND NOT abstained"


def rated(year: Year, which: str) -> int:
    return year.one(f"""
        SELECT count(*) FROM answer_usage JOIN feedback USING (message_id)
        WHERE {which} AND {ASKED.replace("created_at", "answer_usage.created_at")}
    """)


def answers(year: Year, which: str = "1") -> int:
    return year.one(f"SELECT count(*) FROM answer_usage WHERE {ASKED} AND {which}")


def added(year: Year, column: str, which: str = "1") -> int:
    return year.one(f"SELECT sum({column}) FROM answer_usage WHERE {ASKED} AND {which}")


def helpful(year: Year) -> Told:
    return share(rated(year, "rating > 0"), rated(year, "rating <> 0"))


def coverage(year: Year) -> Told:
    return share(rated(year, "rating <> 0"), answers(year))


def abstained(year: Year) -> Told:
    return share(answers(year, "abstained"), answers(year))


def zero_hits(year: Year) -> Told:
    return share(answers(year, f"{SEARCHED} AND passages_found = 0"), answers(year, SEARCHED))


def unsupported(year: Year) -> Told:
    sentences = added(year, "sentences")
    return share(sentences - added(year, "supported_sentences"), sentences)


def cited(year: Year) -> Told:
    return share(answers(year, f"{ANSWERED} AND citations > 0"), answers(year, ANSWERED))


def invalid_citations(year: Year) -> Told:
    written = added(year, "citations + invalid_citations", ANSWERED)
    return share(added(year, "invalid_citations", ANSWERED), written)


def repaired_citations(year: Year) -> Told:
    valid = added(year, "citations", ANSWERED)
    return Told(added(year, "repaired_citations", ANSWERED), valid)


def failed(year: Year) -> Told:
    told = share(answers(year, "status = 'failed'"), answers(year))
    kinds = year.parts(f"""
        SELECT error_type, count(*) FROM answer_usage WHERE {ASKED} AND status = 'failed' GROUP BY 1
    """)
    asked = told.cases or 0
    parts = {kind: count / asked for kind, count in kinds.items()}
    return Told(told.value, told.cases, parts)


def time_of(year: Year, column: str, quantile: float) -> Told:
    times = sorted(
        year.column(f"SELECT {column} FROM answer_usage WHERE {COMPLETE} AND {column} IS NOT NULL")
    )
    place = max(0, -int(-quantile * len(times) // 1) - 1)
    return Told(two_digits(times[place]) if times else None, len(times))


def two_digits(number: float) -> int:
    """Cut off after two digits."""
    digits = str(int(number))
    return int(digits[:2].ljust(len(digits), "0"))


def first_word_p50(year: Year) -> Told:
    return time_of(year, "first_token_ms", 0.5)


def first_word_p95(year: Year) -> Told:
    return time_of(year, "first_token_ms", 0.95)


def total_p50(year: Year) -> Told:
    return time_of(year, "total_ms", 0.5)


def total_p95(year: Year) -> Told:
    return time_of(year, "total_ms", 0.95)


def drift_alerts(year: Year) -> Told:
    newest = """
        SELECT state FROM drift_verdicts AS one WHERE until =
            (SELECT max(until) FROM drift_verdicts WHERE monitor = one.monitor)
    """
    cases = year.one(f"SELECT count(*) FROM ({newest}) WHERE state <> 'no data'")
    alerts = year.one(f"SELECT count(*) FROM ({newest}) WHERE state = 'alert'")
    return Told(alerts if cases else None, cases)


# Governance


def risk_classified(year: Year) -> Told:
    return share(
        year.one(f"SELECT count(*) FROM ideas WHERE status IN {OPEN} AND risk_class IS NOT NULL"),
        year.one(f"SELECT count(*) FROM ideas WHERE status IN {OPEN}"),
    )


def triage_days(year: Year) -> Told:
    days = year.column(f"""
        SELECT {days_between("submitted_at", "at")} FROM
            (SELECT idea_id, min(at) AS at FROM idea_triages GROUP BY 1)
        JOIN ideas ON ideas.id = idea_id WHERE at >= :since AND at < :until
    """)
    return Told(middle(days), len(days))


def high_risk_without_sign_off(year: Year) -> Told:
    decided = "('approved', 'experiment', 'production', 'measured')"
    return Told(
        year.one(f"""
            SELECT count(*) FROM ideas JOIN idea_triages AS newest ON newest.id =
                (SELECT id FROM idea_triages WHERE idea_id = ideas.id ORDER BY at DESC LIMIT 1)
            WHERE status IN {decided} AND needs_sign_off AND NOT EXISTS
                (SELECT 1 FROM idea_sign_offs WHERE triage_id = newest.id)
        """),
        year.one(f"SELECT count(*) FROM ideas WHERE status IN {decided}"),
    )


def policy_acknowledged(year: Year) -> Told:
    return share(
        year.one(f"""
            SELECT count(*) FROM ({ACTIVE}) AS person WHERE EXISTS (
                SELECT 1 FROM policy_answers JOIN policy_versions AS shown ON shown.id = version_id
                WHERE user_id = person.id AND decision = 'acknowledged' AND NOT EXISTS (
                    SELECT 1 FROM policy_versions AS later
                    WHERE later.is_material AND later.number > shown.number))
        """),
        year.one(f"SELECT count(*) FROM ({ACTIVE})"),
    )


def policy_quiz_passed(year: Year) -> Told:
    return share(
        year.one(f"""
            SELECT count(DISTINCT user_id) FROM quiz_results
            WHERE is_passed AND user_id IN ({ACTIVE})
        """),
        year.one(f"SELECT count(*) FROM ({ACTIVE})"),
    )


REPORTED = "reported_at >= :since AND reported_at < :until"


def incidents(year: Year) -> Told:
    parts = year.parts(f"""
        SELECT coalesce(severity, 'not_judged'), count(*) FROM incidents
        WHERE NOT is_near_miss AND {REPORTED} GROUP BY 1
    """)
    return Told(sum(parts.values()), None, parts)


def incidents_per_thousand(year: Year) -> Told:
    answers = year.one(f"SELECT count(*) FROM answer_usage WHERE {ASKED}")
    number = year.one(f"SELECT count(*) FROM incidents WHERE NOT is_near_miss AND {REPORTED}")
    return Told(number * 1_000 / answers if answers >= FEWEST else None, answers)


def near_misses(year: Year) -> Told:
    return Told(year.one(f"SELECT count(*) FROM incidents WHERE is_near_miss AND {REPORTED}"))


def incidents_open(year: Year) -> Told:
    return Told(year.one("SELECT count(*) FROM incidents WHERE state <> 'closed'"))


def incident_days(year: Year) -> Told:
    days = year.column(f"""
        SELECT {days_between("reported_at", "closed_at")} FROM incidents
        WHERE NOT is_near_miss AND closed_at >= :since AND closed_at < :until
    """)
    return Told(middle(days), len(days))


def documents_with_owner(year: Year) -> Told:
    return share(
        year.one(f"""
            SELECT count(*) FROM ({LIVE}) AS live JOIN collections ON collections.id = collection_id
            WHERE live.owner_id IS NOT NULL OR collections.owner_id IS NOT NULL
        """),
        year.one(f"SELECT count(*) FROM ({LIVE})"),
    )


def documents_overdue(year: Year) -> Told:
    return share(
        year.one(f"SELECT count(*) FROM ({LIVE}) WHERE review_by < :today"),
        year.one(f"SELECT count(*) FROM ({LIVE})"),
    )


def documents_never_cited(year: Year) -> Told:
    ninety = moment(year.period.until - timedelta(days=90))
    old = f"SELECT id FROM ({LIVE}) WHERE created_at < :ninety"
    return share(
        year.one(
            f"""
            SELECT count(*) FROM ({old}) WHERE id NOT IN (
                SELECT document_id FROM citations JOIN answer_usage USING (message_id)
                WHERE NOT is_nearest AND created_at >= :ninety AND created_at < :until)
        """,
            ninety=ninety,
        ),
        year.one(f"SELECT count(*) FROM ({old})", ninety=ninety),
    )


def documents_behind_bad_answers(year: Year) -> Told:
    counts = year.rows(f"""
        SELECT title, count(DISTINCT message_id), id FROM ({CITED}) WHERE rating < 0
        GROUP BY id ORDER BY 2 DESC, 1, 3
    """)
    return Told(len(counts), None, by_name(counts))


def open_gaps(year: Year) -> Told:
    return Told(year.one("SELECT count(*) FROM knowledge_gaps WHERE status = 'open'"))
