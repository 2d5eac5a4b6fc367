-- By the levels that a language model gave, on both sides. The rule is that of `skill_gap`.
{{ gap_rule(ref('llm_occupation_element')) }}
