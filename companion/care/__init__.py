"""Care over days: how it is, asked in short, and questionnaires."""
