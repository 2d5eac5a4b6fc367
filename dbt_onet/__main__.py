"""`python -m dbt_onet`."""

from dbt_onet.pipeline.cli import main

if __name__ == "__main__":
    main()
