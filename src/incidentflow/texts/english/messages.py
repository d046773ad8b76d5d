"""Messages to people, in English."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    "message.colleagues": (
        "{what}\n\n{incident}: {title}\nState: {state:state}[\nPriority: {priority}]"
        "[\nService: {service}][\nNext update: {next_update_at}]\n\nBy {by}, {at}"
    ),
    "message.public": (
        "{what}\n\nIncident: {incident}[\nService: {service}][\nNext update: {next_update_at}]"
        "[\nExpected resolution: {eta}]\n\n{at}"
    ),
    "message.subject": "[[{incident}]] {what:line}",
    "public.acknowledged": "somebody is working on it",
    "public.cancelled": "it was cancelled",
    "public.changed": "there is news",
    "public.closed": "it is closed",
    "public.identified": "its cause was found",
    "public.major_accepted": "it is handled as a major incident",
    "public.mitigated": "the service works again; work on it goes on",
    "public.news": "{text}",
    "public.relapsed": "the damage is back",
    "public.reopened": "it is open again",
    "public.reported": "it was reported",
    "public.resolved": "it is resolved",
}
