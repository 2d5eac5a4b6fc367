"""Which way people really went: rankings of transitions, checked against observed job changes."""
