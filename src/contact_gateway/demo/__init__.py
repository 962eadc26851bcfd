"""The demo: a sandbox, the gateway in front of it, and what is told when both can be used."""

from contact_gateway.demo.announcement import (
    CUSTOMER,
    LOCAL_ORIGINS,
    Announcement,
    announce,
    answer_first,
    demo_settings,
    development_token,
    in_front_of,
    ready_file,
    when_it_answers,
)
from contact_gateway.demo.scenario_tabs import TITLES, demo_workspace

__all__ = [
    "CUSTOMER",
    "LOCAL_ORIGINS",
    "TITLES",
    "Announcement",
    "announce",
    "answer_first",
    "demo_settings",
    "demo_workspace",
    "development_token",
    "in_front_of",
    "ready_file",
    "when_it_answers",
]
