"""The generator behind `scripts/codegen_ts.py`: pydantic models in, TypeScript text out."""
