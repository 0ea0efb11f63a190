"""The table of jobs (protocol × experiment × seed × fold), what a job does and what it leaves."""

from .job import Job
from .runner import finalize, is_result_of, is_trained, train
from .table import Row, load_jobs, load_rows

__all__ = [
    "Job",
    "Row",
    "finalize",
    "is_result_of",
    "is_trained",
    "load_jobs",
    "load_rows",
    "train",
]
