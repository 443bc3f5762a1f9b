"""In: metrics of the wire. Out: one Point per data point, exponential histograms as their mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from agentwatch.decode.guard import Rejected
from agentwatch.decode.values import Mending, attributes, double, int64, nanoseconds
from agentwatch.decode.wire import WireData, WireMetric, WirePoint
from agentwatch.model import Point, Resource

Kind = Literal["gauge", "sum", "histogram"]


def read_points(wire: WireMetric, resource: Resource, mending: Mending) -> Iterator[Point]:
    """Yield the metric's points; one that cannot be kept is counted and left out."""
    name = mending.text(wire.name or "")
    unit = mending.text(wire.unit or "")
    for kind, data in _kinds(wire):
        for point in data.data_points or ():
            try:
                yield _point(name, unit, kind, point, resource, mending)
            except Rejected as fault:
                mending.faults[f"point_{fault}"] += 1


def _kinds(wire: WireMetric) -> Iterator[tuple[Kind, WireData]]:
    if wire.gauge is not None:
        yield "gauge", wire.gauge
    if wire.sum is not None:
        yield "sum", wire.sum
    for spread in (wire.histogram, wire.exponential_histogram, wire.summary):
        if spread is not None:
            yield "histogram", spread


def _point(
    name: str,
    unit: str,
    kind: Kind,
    wire: WirePoint,
    resource: Resource,
    mending: Mending,
) -> Point:
    faults = mending.faults
    total = double(wire.sum, faults)
    count = int64(wire.count) if wire.count is not None else None
    value: int | float | None
    if kind == "histogram":
        value = total / count if total is not None and count else None
    elif wire.as_int is not None:
        value = int64(wire.as_int)
    else:
        value = double(wire.as_double, faults)
    bounds = [double(bound, faults) for bound in wire.explicit_bounds or ()]
    return Point(
        name=name,
        unit=unit,
        kind=kind,
        at_ns=nanoseconds(wire.time_unix_nano),
        resource=resource,
        attributes=attributes(wire.attributes, mending),
        value=value,
        count=count,
        total=total,
        low=double(wire.min, faults),
        high=double(wire.max, faults),
        bounds=tuple(bound for bound in bounds if bound is not None),
        bucket_counts=tuple(int64(bucket) for bucket in wire.bucket_counts or ()),
    )
