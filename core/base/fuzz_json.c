/* SPDX-License-Identifier: MIT */
/* Any text as JSON, as a baseline and proofs are read. */
#include <string.h>

#include "capan/json.h"
#include "require.h"

struct walk {
    struct capan_span text, scratch;
};

static bool lies_in(struct capan_span part, struct capan_span whole) {
    return part.len == 0 ||
           (part.at >= whole.at && part.len <= whole.len && (size_t)(part.at - whole.at) <= whole.len - part.len);
}

static void take(void *context, const struct capan_json_leaf *leaf) {
    const struct walk *walk = context;
    int64_t number;
    require(strlen(leaf->path) <= 255, "a path has its length");
    require(leaf->type <= CAPAN_JSON_NULL, "a leaf is of a type");
    require(lies_in(leaf->text, walk->text) || lies_in(leaf->text, walk->scratch), "a text lies in what was given");
    if (capan_json_integer(leaf, &number)) require(leaf->type == CAPAN_JSON_NUMBER, "only numbers are integers");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t *scratch = malloc(size);
    struct walk walk = {{data, size}, {scratch, size}};
    if (scratch) capan_json_walk(walk.text, scratch, take, &walk);
    free(scratch);
    return 0;
}
