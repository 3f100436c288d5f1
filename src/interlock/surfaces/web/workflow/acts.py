"""Everything that people do with a workflow on its pages, by name: another one is one more line where it belongs."""

from collections.abc import Mapping

from interlock.surfaces.web.workflow.acts_of_gates import ACTS_OF_GATES
from interlock.surfaces.web.workflow.acts_of_records import ACTS_OF_RECORDS
from interlock.surfaces.web.workflow.fields import Act

ACTS: Mapping[str, Act] = {act.name: act for act in (*ACTS_OF_GATES, *ACTS_OF_RECORDS)}
