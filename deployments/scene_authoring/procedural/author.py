"""The embedded author: policy, then grammar, then phrasing.

Owns the order of the three and the words of a refusal. Never looks at the picture: a word list and a
grammar cannot know more from it.
"""

from typing import TYPE_CHECKING

from deployments.scene_authoring.contract import CAPTION_LIMIT_CHARS, AuthorResult, Instruction, Rejected
from deployments.scene_authoring.procedural import phrasing
from deployments.scene_authoring.procedural.grammar import parse_edit
from deployments.scene_authoring.procedural.plan import NotUnderstood
from deployments.scene_authoring.procedural.policy import Refused, apply_policy
from deployments.scene_authoring.procedural.scene_grammar import parse_scene

if TYPE_CHECKING:
    from PIL.Image import Image


class ProceduralAuthor:
    """A `SceneAuthor` of fixed vocabulary. Pure: the same request gives the same result."""

    def author_edit(self, request: str, frame: "Image") -> AuthorResult:  # noqa: ARG002 - the contract's parameter
        """An instruction of one or more steps, each in the vocabulary of `phrasing.edit_abilities`."""
        ruling = apply_policy(request)
        if isinstance(ruling, Refused):
            return Rejected(ruling.reason, because="policy")
        plan = parse_edit(ruling.text)
        if isinstance(plan, NotUnderstood):
            return _not_understood(plan, phrasing.edit_abilities())
        return Instruction(phrasing.edit_text(plan), phrasing.edit_caption(plan)[:CAPTION_LIMIT_CHARS])

    def author_scene(self, request: str) -> AuthorResult:
        """An instruction for a scene in one of the places of `phrasing.scene_abilities`."""
        ruling = apply_policy(request)
        if isinstance(ruling, Refused):
            return Rejected(ruling.reason, because="policy")
        plan = parse_scene(ruling.text)
        if isinstance(plan, NotUnderstood):
            return _not_understood(plan, phrasing.scene_abilities())
        return Instruction(phrasing.scene_text(plan), phrasing.scene_caption(plan)[:CAPTION_LIMIT_CHARS])


def _not_understood(plan: NotUnderstood, abilities: str) -> Rejected:
    named = ", ".join(f"'{word}'" for word in plan.unknown[:3])
    verb = "remove" if plan.to_remove else "paint"
    opening = f"I do not know how to {verb} {named} without a GPU model." if named else "I did not understand that."
    return Rejected(f"{opening} {abilities}", because="not_understood")
