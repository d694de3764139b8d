/* SPDX-License-Identifier: MIT */
#include "share.h"

#include "stories.h"

static const uint64_t USUAL = UINT64_C(256) << 20;

enum { EIGHTHS = 8 };

/* In eighths, of one engine and of the keeper. Rows leave as they come: then all is the engine's. A story is its
 * engine's last word on every segment, and takes most; what stitches has the engines within, and what proves has none.
 * What stands beside captures comes on top, and seldom.
 */
static const struct {
    uint8_t engine, keeper;
} rows = {8, 0}, story = {2, 6},
  of_command[COMMAND_COUNT] = {
      [COMMAND_WHATIF] = {4, 4}, [COMMAND_ETAGS] = {4, 4},    [COMMAND_AUDIT] = {3, 5},
      [COMMAND_REDUCE] = {4, 4}, [COMMAND_DIFF] = {4, 4},     [COMMAND_STITCH] = {8, 8},
      [COMMAND_PROVE] = {8, 8},  [COMMAND_DATABASE] = {6, 2}, [COMMAND_SQL] = {0, 8},
};

struct share share_of(const struct options *options) {
    const uint64_t all = options->memory ? options->memory : USUAL;
    uint8_t engine = of_command[options->command].engine, keeper = of_command[options->command].keeper;
    if (!engine && !keeper) engine = rows.engine;
    if (options->by == BY_PLACE) engine = keeper = EIGHTHS / 2;
    if (stories_wanted(options)) engine = story.engine, keeper = story.keeper;
    return (struct share){all / EIGHTHS * engine, all / EIGHTHS * keeper, all / EIGHTHS};
}
