"""The contract of stores finds each planted fault, and finds nothing in a sound store."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from incidentflow.errors import IncidentflowError
from incidentflow.stores import MemoryStore
from incidentflow.testing.contract import checks
from incidentflow.testing.store import StoreContract

sys.path.insert(0, str(Path(__file__).parent))

import faults

sys.path.pop(0)

FOUND = {
    faults.LosesAnEntry: "test_journals_grow_in_order",
    faults.ShufflesHistory: "test_journals_grow_in_order",
    faults.IgnoresTheVersion: "test_a_version_must_be_the_latest",
    faults.IgnoresReads: "test_reads_must_be_the_latest",
    faults.CommitsOneByOne: "test_a_refused_commit_leaves_nothing",
    faults.ReusesNumbers: "test_a_number_brought_along_is_never_drawn",
    faults.ForgetsTheKey: "test_a_command_key_counts_once",
    faults.AnswersTheLatest: "test_a_command_key_finds_its_first_result",
    faults.SharesTheDedupKey: "test_a_dedup_key_has_one_holder",
    faults.SettlesByAStaleToken: "test_only_the_latest_claim_settles",
    faults.CommitsWithAStaleToken: "test_a_stale_settlement_refuses_the_commit",
    faults.LatestDueFirst: "test_due_subjects_come_soonest_first",
    faults.ServesBacklogsFirst: "test_one_claim_serves_tenants_in_turn",
    faults.BeginsWithTheSame: "test_small_claims_serve_tenants_in_turn",
    faults.LeavesTheLease: "test_a_claim_is_a_lease",
    faults.ClaimsTwice: "test_a_claim_is_a_lease",
    faults.LeasesOnce: "test_a_claimed_subject_rests_twice_as_long_each_time",
    faults.KeepsTheLease: "test_a_commit_sets_the_wake_up_anew",
    faults.SkipsOnPages: "test_pages_miss_and_repeat_nothing",
    faults.FindsTooLittle: "test_columns",
    faults.LeaksATenant: "test_tenants_are_apart",
    faults.OwesTwice: "test_nothing_is_owed_twice",
    faults.FoldsText: "test_bytes_and_text_are_kept_exactly",
    faults.ForgetsWhatGoesOn: "test_what_touches_a_period_is_found",
    faults.BeginsAnew: "test_the_first_beginning_is_kept",
    faults.LeavesTheText: "test_a_redaction_takes_out_what_it_names",
    faults.LeavesWhatIsOwed: "test_what_is_owed_ends_when_nothing_stays_of_it",
    faults.ErasesOneByOne: "test_an_erasure_is_all_or_nothing",
}
"""For each fault the check that is meant for it; some cannot help breaking one or two more."""


def failing(broken: type[MemoryStore]) -> set[str]:
    """Name the checks that a store fails."""
    contract = type("Contract", (StoreContract,), {"make_store": lambda _: broken()})
    failed = set()
    for check in checks(StoreContract):
        try:
            getattr(contract(), check)()
        except (AssertionError, IncidentflowError):
            failed.add(check)
    return failed


@pytest.mark.parametrize("broken", FOUND, ids=lambda broken: broken.__name__)
def test_a_planted_fault_is_found(broken: type[MemoryStore]) -> None:
    """By the check that is meant for it, and hardly by any other: that tells where to look."""
    failed = failing(broken)

    assert FOUND[broken] in failed
    assert len(failed) <= len({*checks(StoreContract)}) // 10


def test_a_sound_store_passes() -> None:
    """What the faults were planted in has none."""
    assert set() == failing(MemoryStore)


def test_no_planted_fault_is_left_out() -> None:
    """Every broken store stands in the table."""
    planted = {each for each in vars(faults).values() if isinstance(each, type)}

    assert {each for each in planted if each.__module__ == faults.__name__} == set(FOUND)


def test_a_store_that_claims_nothing_is_not_waited_for() -> None:
    """No check goes on asking a store that never says what is due."""
    idle = type("Idle", (MemoryStore,), {"due": lambda *_: ()})

    assert "test_small_claims_serve_tenants_in_turn" in failing(idle)
