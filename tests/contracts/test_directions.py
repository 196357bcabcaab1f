"""Modules import only from the rooms they may: a row of the survey moves one way through the house."""

from __future__ import annotations

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

import peernet

PACKAGE = Path(peernet.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")

# Each room and the rooms its modules may import from; what those may import is allowed too.
ROOMS = {
    "errors": (),
    "codebook": ("errors",),
    "readers": ("codebook",),
    "survey": ("readers",),
    "quality": ("survey",),
    "graph": ("survey", "privacy"),
    "teams": ("graph",),
    "distance": ("survey",),
    "clusters": ("distance", "privacy"),
    "diversity": ("distance", "graph"),
    "scores": ("graph", "distance", "diversity"),
    "matching": ("errors",),
    "pairing": ("scores", "matching", "resampling"),
    "compare": ("pairing", "clusters", "diversity"),
    "opinions": ("pairing", "diversity"),
    "dyads": ("errors",),
    "outcomes": ("pairing", "dyads"),
    "resampling": ("errors",),
    "privacy": ("errors",),
    "datasets": ("survey",),
    "plots": ("compare", "opinions", "outcomes", "privacy", "quality", "teams"),
    "report": ("plots", "datasets"),
    "cli": ("report",),
}
# The room each private module belongs to. A new private module needs a line here.
PRIVATE = {
    "__main__": "cli",
    "_agreement": "teams",
    "_answers": "readers",
    "_arrays": "errors",
    "_best_pairs": "matching",
    "_blocked": "pairing",
    "_blossom": "matching",
    "_blossom_finish": "matching",
    "_blossom_opening": "matching",
    "_blossom_rings": "matching",
    "_blossom_start": "matching",
    "_blossom_state": "matching",
    "_brokerage": "graph",
    "_ceilings": "pairing",
    "_certificate": "matching",
    "_chance": "pairing",
    "_circle_checks": "pairing",
    "_circle_cover": "pairing",
    "_circle_kernels": "pairing",
    "_circle_pool": "pairing",
    "_circle_search": "pairing",
    "_circle_tables": "pairing",
    "_circles": "pairing",
    "_class_model": "clusters",
    "_climate": "teams",
    "_closed_doors": "pairing",
    "_cluster_number": "clusters",
    "_cluster_plots": "plots",
    "_cluster_profile": "clusters",
    "_cluster_stability": "clusters",
    "_columns": "survey",
    "_common_ground": "pairing",
    "_compact_distance": "distance",
    "_compiled": "errors",
    "_constraints": "scores",
    "_copies": "matching",
    "_covering": "matching",
    "_design_limits": "pairing",
    "_disclosure": "privacy",
    "_disparity": "diversity",
    "_distance_reliability": "distance",
    "_diversity_measures": "diversity",
    "_diversity_partition": "diversity",
    "_diversity_plots": "plots",
    "_diversity_profile": "diversity",
    "_doubtful_pairs": "pairing",
    "_drawn_weights": "pairing",
    "_draws": "datasets",
    "_earlier_rounds": "pairing",
    "_effective_numbers": "diversity",
    "_everyone": "diversity",
    "_exchanges": "pairing",
    "_exposure_sensitivity": "compare",
    "_fair_levels": "pairing",
    "_fair_limits": "pairing",
    "_fair_matching": "pairing",
    "_fairness": "pairing",
    "_faultline_search": "diversity",
    "_faultlines": "diversity",
    "_feasibility": "pairing",
    "_fictional_answers": "datasets",
    "_fictional_names": "datasets",
    "_fictional_ties": "datasets",
    "_files": "errors",
    "_first_round": "pairing",
    "_first_run": "cli",
    "_foundation": "graph",
    "_foundation_curve": "compare",
    "_frontier_search": "pairing",
    "_gain": "diversity",
    "_gates": "scores",
    "_graph_files": "graph",
    "_graph_plots": "plots",
    "_greatest_pairs": "matching",
    "_group_differences": "clusters",
    "_group_portraits": "clusters",
    "_group_tables": "clusters",
    "_grouped_people": "diversity",
    "_groups": "clusters",
    "_hand_edit": "pairing",
    "_held_out": "compare",
    "_hierarchy": "graph",
    "_influence": "opinions",
    "_integer_program": "pairing",
    "_issues": "errors",
    "_item": "codebook",
    "_item_coding": "distance",
    "_item_distance": "distance",
    "_item_parts": "diversity",
    "_item_weights": "distance",
    "_kind_carriers": "compare",
    "_kind_gains": "compare",
    "_kind_plots": "plots",
    "_kind_statistics": "compare",
    "_kind_words": "compare",
    "_kinds_of_pairs": "compare",
    "_latent_classes": "clusters",
    "_layer_statistics": "graph",
    "_layout": "plots",
    "_leader_reach": "teams",
    "_leave_one_out": "diversity",
    "_ledger": "diversity",
    "_left_out": "pairing",
    "_limited_matching": "pairing",
    "_matching_problem": "matching",
    "_matching_rules": "matching",
    "_matching_units": "matching",
    "_medoids": "clusters",
    "_meeting_bounds": "pairing",
    "_meeting_kernel": "opinions",
    "_meetings": "pairing",
    "_listed_pairings": "pairing",
    "_mentors": "pairing",
    "_mess": "datasets",
    "_moves": "pairing",
    "_names": "readers",
    "_narrowed": "pairing",
    "_near_pairs": "matching",
    "_one_absent": "matching",
    "_nominations": "readers",
    "_number_words": "errors",
    "_objectives": "pairing",
    "_one_cloud": "clusters",
    "_opinion_answers": "opinions",
    "_opinion_consensus": "opinions",
    "_opinion_models": "opinions",
    "_opinion_plots": "plots",
    "_opinion_scene": "opinions",
    "_opinion_spread": "opinions",
    "_opinion_words": "opinions",
    "_optimism": "pairing",
    "_optimum": "pairing",
    "_organisation": "datasets",
    "_own_list": "compare",
    "_pair_people": "pairing",
    "_pair_pool": "pairing",
    "_pair_table": "scores",
    "_pair_weights": "matching",
    "_pairing_check": "pairing",
    "_pairing_design": "pairing",
    "_pairing_frontier": "pairing",
    "_pairing_kinds": "compare",
    "_pairing_measures": "compare",
    "_pairing_plots": "plots",
    "_pairing_stability": "pairing",
    "_peer_clusters": "clusters",
    "_people": "survey",
    "_people_bands": "compare",
    "_pilot": "datasets",
    "_places": "pairing",
    "_position": "graph",
    "_possible_pairs": "pairing",
    "_pricing": "matching",
    "_progress": "errors",
    "_proof_check": "pairing",
    "_proof_gap": "pairing",
    "_proven_matching": "matching",
    "_questionnaire": "datasets",
    "_randomised_pairing": "pairing",
    "_random_arm": "pairing",
    "_rao_items": "diversity",
    "_rare_outlooks": "scores",
    "_reach": "diversity",
    "_reduced_costs": "pairing",
    "_repeats": "pairing",
    "_report_answer": "report",
    "_report_figures": "report",
    "_report_html": "report",
    "_report_kinds": "report",
    "_report_parts": "report",
    "_report_rules": "report",
    "_report_tables": "report",
    "_report_teams": "report",
    "_report_why": "report",
    "_report_words": "report",
    "_required_pairs": "pairing",
    "_resampling": "resampling",
    "_resettling": "matching",
    "_resilience": "teams",
    "_round_checks": "pairing",
    "_round_planner": "pairing",
    "_round_tables": "pairing",
    "_round_weights": "pairing",
    "_rounds": "pairing",
    "_rule_cells": "scores",
    "_rule_hours": "scores",
    "_rule_problems": "scores",
    "_rule_sheets": "scores",
    "_rules": "scores",
    "_scenario_comparison": "opinions",
    "_score_columns": "scores",
    "_score_pairs": "scores",
    "_score_settings": "scores",
    "_shuffled": "clusters",
    "_sides": "pairing",
    "_smallest_change": "pairing",
    "_social_relations": "graph",
    "_starting_duals": "matching",
    "_strategies": "compare",
    "_study": "report",
    "_study_files": "report",
    "_survey_again": "pairing",
    "_synthetic_readme": "datasets",
    "_table_schema": "codebook",
    "_team_rolls": "teams",
    "_team_ties": "teams",
    "_text_tables": "readers",
    "_text_topics": "distance",
    "_tie_lines": "plots",
    "_together": "pairing",
    "_triads": "graph",
    "_trio_bounds": "pairing",
    "_trio_search": "pairing",
    "_trios": "pairing",
    "_two_views": "clusters",
    "_typed_names": "datasets",
    "_unkept_rules": "pairing",
    "_verdict": "compare",
    "_view_plots": "plots",
    "_waves": "survey",
    "_weighed_items": "distance",
    "_weights": "pairing",
    "_why": "pairing",
    "_why_not": "pairing",
    "_wording": "report",
}
NUMERIC_ONLY = {"matching": {"numpy", "scipy", "numba"}, "dyads": {"numpy", "scipy", "pandas"}}
DRAWING = {"matplotlib", "seaborn"}
DRAWING_ROOMS = {"plots", "report"}


def room_of(module: str) -> str | None:
    return PRIVATE.get(module, module if module in ROOMS else None)


@cache
def allowed_rooms(room: str) -> frozenset[str]:
    return frozenset({room}).union(*(allowed_rooms(other) for other in ROOMS[room]))


@cache
def imported(module: str) -> frozenset[str]:
    """Full names of what a module imports, anywhere in it; ``peernet`` where it uses the package as a whole."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / f"{module}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "peernet":
            found |= {f"peernet.{a.name}" if a.name in MODULES else "peernet" for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(f"{'peernet.' * (node.level > 0)}{node.module}")
    return frozenset(found)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_room(module):
    assert room_of(module) is not None, f"peernet/{module}.py has no room: add it to PRIVATE (or ROOMS) in this file"


def test_no_room_is_kept_for_a_module_that_is_gone():
    assert set(PRIVATE) <= set(MODULES)
    assert set(PRIVATE.values()) <= set(ROOMS)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_rooms_before_it(module):
    room = room_of(module) or pytest.skip("no room")
    inside = {name.split(".")[1] for name in imported(module) if name.startswith("peernet.")}
    wrong = sorted(other for other in inside if room_of(other) not in allowed_rooms(room))
    assert not wrong, f"{module} (room {room}) may import from {sorted(allowed_rooms(room))}, not from {wrong}"


@pytest.mark.parametrize("module", MODULES)
def test_only_the_last_rooms_use_the_package_as_a_whole(module):
    if "peernet" in imported(module):
        assert room_of(module) in ("report", "cli")


@pytest.mark.parametrize("module", MODULES)
def test_only_plots_and_report_draw(module):
    used = {name.split(".")[0] for name in imported(module)}
    assert room_of(module) in DRAWING_ROOMS or not used & DRAWING


@pytest.mark.parametrize("module", [m for m in MODULES if room_of(m) in NUMERIC_ONLY])
def test_the_engines_rest_on_numbers_alone(module):
    used = {name.split(".")[0] for name in imported(module)} - set(sys.stdlib_module_names) - {"peernet"}
    assert used <= NUMERIC_ONLY[str(room_of(module))]
