/* SPDX-License-Identifier: MIT */
#include "claim.h"

#include "bytes.h"
#include "capan/json.h"
#include "field.h"

/* The rest of the path behind that beginning, NULL: it begins otherwise. */
static const char *behind(const char *path, const char *beginning) {
    const size_t len = strlen(beginning);
    return strncmp(path, beginning, len) == 0 ? path + len : NULL;
}

static bool copy_name(char to[CLAIM_NAME], const char *name, size_t len) {
    if (!len || len >= CLAIM_NAME) return false;
    memcpy(to, name, len);
    to[len] = 0;
    return true;
}

/* --- words and numbers of the row --- */

#define CLAIM_WORDS(X)                                                                                                 \
    X("of", of)                                                                                                        \
    X("verdict", verdict)                                                                                              \
    X("rule.name", rule)                                                                                               \
    X("rule.section", section)                                                                                         \
    X("rule.sentence", sentence)                                                                                       \
    X("certainty", certainty)                                                                                          \
    X("cause", cause)                                                                                                  \
    X("method", method)                                                                                                \
    X("target", target)
#define CLAIM_NUMBERS(X)                                                                                               \
    X("frame", frame)                                                                                                  \
    X("stream", stream)                                                                                                \
    X("index", index)                                                                                                  \
    X("seq", seq)                                                                                                      \
    X("ack", ack)                                                                                                      \
    X("len", len)

static bool take_word(struct claim *claim, const struct capan_json_leaf *leaf) {
#define CAPAN_X(key, member)                                                                                           \
    if (strcmp(leaf->path, key) == 0) {                                                                                \
        claim->member = leaf->text;                                                                                    \
        return true;                                                                                                   \
    }
    CLAIM_WORDS(CAPAN_X)
#undef CAPAN_X
    return false;
}

static struct claimed *number_of(struct claim *claim, const char *path) {
#define CAPAN_X(key, member)                                                                                           \
    if (strcmp(path, key) == 0) return &claim->member;
    CLAIM_NUMBERS(CAPAN_X)
#undef CAPAN_X
    return NULL;
}

/* Decimal seconds, to the nanosecond. */
static bool take_time(struct claim *claim, const struct capan_json_leaf *leaf) {
    if (strcmp(leaf->path, "time") != 0) return false;
    const bool negative = leaf->text.len && leaf->text.at[0] == '-';
    const struct capan_span text = span_cut(leaf->text, negative, SIZE_MAX);
    const uint8_t *point = text.len ? memchr(text.at, '.', text.len) : NULL;
    const size_t whole = point ? (size_t)(point - text.at) : text.len;
    uint64_t seconds, ns = 0;
    const struct capan_span digits = span_cut(text, whole + 1, 9);
    claim->time.known = capan_number(span_cut(text, 0, whole), &seconds) && seconds < INT64_MAX / 1000000000 &&
                        (!digits.len || capan_number(digits, &ns));
    for (size_t i = digits.len; i < 9; i++) ns *= 10;
    claim->time.value = (int64_t)(seconds * 1000000000 + ns) * (negative ? -1 : 1);
    return true;
}

static bool take_number(struct claim *claim, const struct capan_json_leaf *leaf) {
    struct claimed *number = number_of(claim, leaf->path);
    if (!number) return false;
    number->known = capan_json_integer(leaf, &number->value);
    if (!number->known) claim->odd = "a number that is none";
    return true;
}

/* --- its lists --- */

static bool take_fact(struct claim *claim, const struct capan_json_leaf *leaf) {
    const char *name = behind(leaf->path, "facts.");
    if (!name) return false;
    if (claim->fact_count == CLAIM_FACTS || !copy_name(claim->facts[claim->fact_count].name, name, strlen(name)) ||
        (leaf->type != CAPAN_JSON_TRUE && leaf->type != CAPAN_JSON_FALSE))
        claim->odd = "a fact that is none";
    else
        claim->facts[claim->fact_count++].holds = leaf->type == CAPAN_JSON_TRUE;
    return true;
}

static enum capan_unit unit_of(struct capan_span word) {
    unsigned unit = CAPAN_UNIT_COUNT - 1;
    while (unit > CAPAN_UNIT_NONE && !span_equal(span_of(capan_units[unit].token), word)) unit--;
    return (enum capan_unit)unit;
}

/* value comes before unit. */
static bool take_quantity(struct claim *claim, const struct capan_json_leaf *leaf) {
    const char *name = behind(leaf->path, "quantities.");
    const char *dot = name ? strchr(name, '.') : NULL;
    if (!name) return false;
    claim->odd = "a quantity that is none";
    if (!dot) return true;
    if (strcmp(dot, ".unit") == 0 && claim->quantity_count) {
        claim->quantities[claim->quantity_count - 1].unit = unit_of(leaf->text);
        claim->odd = NULL;
    } else if (strcmp(dot, ".value") == 0 && claim->quantity_count < CLAIM_QUANTITIES) {
        struct capan_quantity *quantity = &claim->quantities[claim->quantity_count];
        quantity->name = claim->quantity_names[claim->quantity_count];
        if (copy_name(claim->quantity_names[claim->quantity_count], name, (size_t)(dot - name)) &&
            capan_json_integer(leaf, &quantity->value)) {
            claim->quantity_count++;
            claim->odd = NULL;
        }
    }
    return true;
}

static bool take_frame(struct claim *claim, const struct capan_json_leaf *leaf) {
    if (strcmp(leaf->path, "frames") != 0) return false;
    if (claim->frame_count == CLAIM_FRAMES || !capan_json_integer(leaf, &claim->frames[claim->frame_count]))
        claim->odd = "a frame that is none";
    else
        claim->frame_count++;
    return true;
}

static bool take_field(struct claim *claim, const struct capan_json_leaf *leaf) {
    const char *asked = behind(leaf->path, "request_fields."), *answered = behind(leaf->path, "response_fields.");
    const char *name = asked ? asked : answered;
    size_t *count = asked ? &claim->asked_count : &claim->answered_count;
    if (!name) return false;
    if (*count == CLAIM_FIELDS) return true; /* more of them prove no more */
    char *to = (asked ? claim->asked_names : claim->answered_names)[*count];
    if (copy_name(to, name, strlen(name)))
        (asked ? claim->asked : claim->answered)[(*count)++] = (struct capan_http_field){span_of(to), leaf->text};
    return true;
}

static void take(void *context, const struct capan_json_leaf *leaf) {
    struct claim *claim = context;
    if (take_word(claim, leaf) || take_time(claim, leaf) || take_number(claim, leaf) || take_fact(claim, leaf) ||
        take_quantity(claim, leaf) || take_frame(claim, leaf) || take_field(claim, leaf))
        return;
    if (strcmp(leaf->path, "file") != 0 && strcmp(leaf->path, "explain") != 0 && strcmp(leaf->path, "readings") != 0)
        claim->odd = "a member that no proof has";
}

bool capan_claim_read(struct capan_span row, uint8_t *scratch, struct claim *claim) {
    memset(claim, 0, sizeof *claim);
    return capan_json_walk(row, scratch, take, claim) && claim->of.len && claim->rule.len;
}
