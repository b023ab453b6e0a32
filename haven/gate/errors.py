"""Why the gate refuses to start."""

from __future__ import annotations

from extract.errors import ConfigurationProblem


class PolicyInvalid(ConfigurationProblem):
    """The policy set is damaged, does not fit its schema or vocabulary, or is not the one that was signed."""

    code = "policy_invalid"
