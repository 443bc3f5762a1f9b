"""In: what a process and a span claim to be. Out: the key of the agent that a span belongs to.

The name is the span's own `gen_ai.agent.name`, or else that of its nearest `invoke_agent`
ancestor: finding it takes the tree, so the caller does.
"""

from __future__ import annotations

from agentwatch.model import Resource

UNKNOWN_AGENT = "unknown"


def service_agent(resource: Resource, bound: str | None) -> str | None:
    """Return the key of the process's own agent; `bound` is the operator's binding."""
    return resource.main_agent_id or bound or resource.service or None


def agent_key(resource: Resource, bound: str | None, name: str | None, agent_id: str | None) -> str:
    """Return the agent key of a span whose resolved name is `name`.

    A name other than its service's agent makes an agent of its own: one process may hold
    several. `agent_id` comes last, since some libraries put a random id of each run there.
    """
    own = service_agent(resource, bound)
    if own is None:
        return name or agent_id or UNKNOWN_AGENT
    service_names = (
        resource.main_agent_name,
        resource.service_name,
        resource.service,
        own,
    )
    if not name or name in service_names:
        return own
    return f"{resource.service or own}/{name}"
