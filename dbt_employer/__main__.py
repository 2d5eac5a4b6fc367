"""`python -m dbt_employer`."""

from dbt_employer.pipeline.cli import main

if __name__ == "__main__":
    main()
