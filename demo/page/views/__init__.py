"""The tabs under the cards, one file each. `VIEWS` names them in their order."""

from demo.page.views import alignment, batch, bertviz, compare, evidence, heads, inside, models

VIEWS = tuple(
    module.VIEW for module in (heads, inside, alignment, bertviz, evidence, compare, batch, models)
)
