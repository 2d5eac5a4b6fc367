-- By the levels that O*NET publishes. The rule is the macro's (macros/gap_rule.sql), the same for other levels than these.
{{ gap_rule(ref('fct_occupation_element')) }}
