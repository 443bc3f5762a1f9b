"""Nothing in, the demo's cast out: kinds of agents, their steps, data sources and users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

FEEDS = ("prod-eu", "prod-us", "batch")


@dataclass(frozen=True)
class Chat:
    """One call of a model; texts may hold placeholders such as `{order}`."""

    prompt: str
    reply: str
    input_tokens: int
    output_tokens: int
    usual_s: float


@dataclass(frozen=True)
class Tool:
    """One tool execution; `effect` is what it leaves behind in the world."""

    name: str
    arguments: str
    result: str
    usual_s: float
    effect: Literal["none", "reversible", "compensable", "irreversible"] = "none"
    unit: str | None = None
    target: str | None = None
    server: str | None = None


@dataclass(frozen=True)
class Retrieve:
    """One look into a data source."""

    source: str
    query: str
    usual_s: float


@dataclass(frozen=True)
class Rule:
    """One business rule consulted."""

    rule_id: str
    version: str
    outcome: str


@dataclass(frozen=True)
class Ask:
    """A person is asked; taken in `share_ratio` of the runs only."""

    who: str
    usual_s: float
    share_ratio: float


@dataclass(frozen=True)
class Delegate:
    """Another agent inside the same process does a part of the work."""

    agent: str
    steps: tuple[Step, ...]


Step: TypeAlias = Chat | Tool | Retrieve | Rule | Ask | Delegate


@dataclass(frozen=True)
class DataSource:
    """What grounds answers: version, how old it is when the recording begins, its documents."""

    version: str
    age_s: float
    coverage_ratio: float
    data_class: str
    documents: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """Agents that do the same work: a service for each place of `places`."""

    name: str
    namespace: str
    version: str
    provider: str
    model: str
    mode: Literal["interactive", "autonomous", "asynchronous"]
    prompt: str
    places: tuple[tuple[str, int], ...]
    """(feed, how many agents there)."""
    pause_s: float
    error_ratio: float
    steps: tuple[Step, ...]
    reports_cost: bool = False
    shows_start: bool = True
    identity: Literal["spiffe", "client", "apikey", "x509"] = "client"


SOURCES: dict[str, DataSource] = {
    "price-lists": DataSource(
        "v57", 5_400, 0.994, "internal", ("list DE 2026-Q2", "list FR 2026-Q2", "clearance terms")
    ),
    "support-kb": DataSource(
        "v212", 39_000, 0.971, "public", ("returns in 30 days", "damaged parcels", "lost invoices")
    ),
    "policy-archive": DataSource(
        "2026.05", 260_000, 0.998, "confidential", ("household H2 terms", "motor M1 terms")
    ),
    "crm": DataSource("live", 4, 0.962, "restricted", ("customer record", "last five contacts")),
    "clause-library": DataSource(
        "v18", 610_000, 0.940, "confidential", ("liability caps", "data processing annex")
    ),
    "sku-master": DataSource("v903", 1_800, 0.989, "internal", ("dimensions", "materials")),
}

REFUND = Kind(
    "refund-desk", "payments", "2.14.1", "anthropic", "claude-sonnet-4-5", "autonomous",
    "refund-decision", (("prod-eu", 4), ("prod-us", 2)), 9.0, 0.01,
    (
        Retrieve("crm", "customer of order {order}", 0.12),
        Retrieve("price-lists", "price of {sku}", 0.23),
        Chat("Refund for order {order}: what is owed?", "Owed: {amount} EUR.", 1_840, 190, 2.1),
        Rule("R-112", "v4", "pay"),
        Ask("payments desk", 22.0, 0.22),
        Tool("pay.refund", '{"order":"{order}","amount":{amount},"currency":"EUR"}',
             '{"status":"paid","reference":"RF-{claim}"}', 0.7, "irreversible", "EUR",
             "order {order}", "pay.internal.example"),
    ), identity="spiffe",
)  # fmt: skip
INVOICE = Kind(
    "invoice-clerk", "finance", "1.9.0", "openai", "gpt-4.1", "asynchronous",
    "invoice-match", (("prod-eu", 3), ("batch", 3)), 10.0, 0.006,
    (
        Tool("erp.find_invoice", '{"invoice":"{invoice}"}', '{"total":{amount}}', 0.4,
             server="erp.internal.example"),
        Chat("Match invoice {invoice} to its order", "It matches order {order}.", 2_300, 140, 1.6),
        Tool("erp.post_match", '{"invoice":"{invoice}","order":"{order}"}', '{"posted":true}', 0.5,
             "reversible", None, "invoice {invoice}", "erp.internal.example"),
    ), identity="x509",
)  # fmt: skip
ORDERS = Kind(
    "order-tracker", "shop", "5.3.2", "openai", "gpt-4o-mini", "interactive",
    "order-answer", (("prod-eu", 3), ("prod-us", 3)), 6.0, 0.004,
    (
        Tool("orders.status", '{"order":"{order}"}', '{"state":"in transit","eta_days":2}', 0.25,
             server="orders.internal.example"),
        Chat("Where is order {order}?", "It is on its way: two more days.", 410, 62, 0.8),
    ), shows_start=False, identity="apikey",
)  # fmt: skip
SUPPORT = Kind(
    "helpdesk", "support", "3.0.4", "google", "gemini-2.5-flash", "interactive",
    "helpdesk-triage", (("prod-eu", 3), ("prod-us", 3)), 9.0, 0.008,
    (
        Chat("Sort this request: parcel {order} came damaged", "billing/returns", 520, 18, 0.6),
        Retrieve("support-kb", "damaged parcel {sku}", 0.21),
        Delegate("returns-writer", (
            Chat("Write the answer for order {order}", "Please send it back, postage is paid.",
                 930, 210, 1.7),
            Tool("label.create", '{"order":"{order}"}', '{"label":"LB-{claim}"}', 0.4,
                 "compensable", None, "order {order}", "labels.internal.example"),
        )),
    ), reports_cost=True,
)  # fmt: skip
CLAIMS = Kind(
    "claims-intake", "insurance", "4.2.0", "google", "gemini-2.5-pro", "asynchronous",
    "claims-first-look", (("prod-eu", 3), ("prod-us", 3)), 14.0, 0.01,
    (
        Tool("ocr.read_form", '{"claim":"{claim}","pages":3}', '{"fields":41,"sure":0.97}', 1.9,
             server="ocr.internal.example"),
        Retrieve("policy-archive", "cover of claim {claim}", 0.35),
        Delegate("policy-checker", (
            Chat("Is claim {claim} covered?", "Covered; deductible 150.00 EUR.", 3_900, 320, 3.4),
            Rule("R-207", "v2", "covered"),
        )),
        Ask("claims adjuster", 30.0, 0.12),
    ), identity="spiffe",
)  # fmt: skip
FRAUD = Kind(
    "fraud-score", "risk", "7.0.1", "anthropic", "claude-haiku-4-5", "autonomous",
    "fraud-reasons", (("prod-eu", 3), ("prod-us", 3)), 7.0, 0.003,
    (
        Retrieve("crm", "history of order {order}", 0.1),
        Chat("Score order {order}", "0.12: ordinary basket", 760, 24, 0.5),
        Rule("R-031", "v7", "pass"),
    ), reports_cost=True, shows_start=False, identity="apikey",
)  # fmt: skip
CONTRACTS = Kind(
    "contract-reader", "legal", "1.2.5", "anthropic", "claude-sonnet-4-5", "asynchronous",
    "contract-summary", (("batch", 6),), 16.0, 0.004,
    (
        Retrieve("clause-library", "clauses like contract {claim}", 0.4),
        Chat("Summarise contract {claim}, 41 pages", "Term 24 months; liability capped.",
             21_400, 900, 11.0),
        Chat("Name the clauses that differ", "Clauses 7.2 and 11 differ.", 9_800, 260, 4.2),
    ), identity="x509",
)  # fmt: skip
CATALOG = Kind(
    "catalog-writer", "shop", "2.0.0", "openai", "gpt-4.1-mini", "asynchronous",
    "catalog-text", (("batch", 6),), 9.0, 0.005,
    (
        Retrieve("sku-master", "facts of {sku}", 0.15),
        Retrieve("price-lists", "price of {sku}", 0.2),
        Chat("Describe {sku} in 60 words", "Oak board, oiled, 40 x 20 cm.", 640, 120, 1.4),
        Tool("cms.publish", '{"sku":"{sku}"}', '{"revision":14}', 0.3, "reversible", None,
             "{sku}", "cms.internal.example"),
    ),
)  # fmt: skip

KINDS: tuple[Kind, ...] = (
    REFUND, INVOICE, ORDERS, SUPPORT, CLAIMS, FRAUD, CONTRACTS, CATALOG,
)  # fmt: skip

USERS = ("u-ines", "u-tomas", "u-mei", "u-oluwa", "u-greta", "u-karim", "u-lucia", "u-pavel")

COMPLAINTS = ("wrong amount", "that was not my question", "took too long")


@dataclass(frozen=True)
class Member:
    """One agent of the fleet: a service of a kind in a place."""

    kind: Kind
    name: str
    feed: str


def members() -> tuple[Member, ...]:
    """Return every agent, in an order that never changes."""
    cast: list[Member] = []
    for kind in KINDS:
        for feed, count in kind.places:
            place = feed.removeprefix("prod-")
            cast += [Member(kind, f"{kind.name}-{place}-{i + 1:02d}", feed) for i in range(count)]
    return tuple(cast)
