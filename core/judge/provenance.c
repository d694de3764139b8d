/* SPDX-License-Identifier: MIT */
#include "provenance.h"

#include "conditional.h"

/* Members of one list that are looked up. */
#define MEMBERS_MAX 1000

/* The newest copy whose selecting fields are those of the request (RFC 9111 4.1). */
static struct capan_stored *find_variant(struct capan_judgement *j, struct capan_hash_key key,
                                         const struct capan_copy *copy) {
    for (struct capan_stored *stored = copy->variants; stored; stored = stored->next) {
        if (!stored->names.len || capan_variant_of(key, stored->names, &j->asked.kept) == stored->variant)
            return stored;
    }
    j->asked.has_other_variants = copy->variants;
    return NULL;
}

static const struct capan_issued *find_issued(const struct capan_copy *copy, enum capan_issued_what what,
                                              uint64_t value) {
    for (size_t i = 0; copy && i < copy->issued_count; i++) {
        if (copy->issued[i].what == what && copy->issued[i].value == value) return &copy->issued[i];
    }
    return NULL;
}

static bool was_transformed(const struct capan_copy *copy, const struct capan_tag *tag) {
    for (size_t i = 0; copy && i < copy->issued_count; i++) {
        if (copy->issued[i].what == CAPAN_ISSUED_TAG && copy->issued[i].base == tag->base) return true;
    }
    return false;
}

static struct capan_origin origin_of_issued(const struct capan_judgement *j, const struct capan_issued *issued,
                                            bool is_current) {
    struct capan_origin origin = {.frame = issued->frame, .ns = issued->ns};
    origin.provenance = is_current ? CAPAN_PROVENANCE_SEEN : CAPAN_PROVENANCE_SEEN_OLDER;
    if (!is_current && j->known && j->known->variant != issued->variant)
        origin.provenance = CAPAN_PROVENANCE_OTHER_VARIANT;
    if (!j->known && j->asked.has_other_variants) origin.provenance = CAPAN_PROVENANCE_OTHER_VARIANT;
    return origin;
}

static struct capan_origin origin_of_tag(struct capan_judgement *j, struct capan_store *store,
                                         const struct capan_copy *copy, const struct capan_tag *tag) {
    const struct capan_issued *issued = find_issued(copy, CAPAN_ISSUED_TAG, tag->whole);
    if (issued) {
        bool is_current = j->known && capan_tag_weak_equal(capan_stored_tag(j->known), tag);
        struct capan_origin origin = origin_of_issued(j, issued, is_current);
        origin.is_weakened = issued->weak != tag->weak;
        if (origin.is_weakened) origin.provenance = CAPAN_PROVENANCE_TRANSFORMED;
        return origin;
    }
    if (was_transformed(copy, tag)) return (struct capan_origin){.provenance = CAPAN_PROVENANCE_TRANSFORMED};
    const struct capan_tag_origin *elsewhere =
        capan_store_find(store, CAPAN_NODE_TAG, capan_mix(j->keys.client, tag->whole));
    bool foreign = elsewhere && elsewhere->resource != j->keys.resource;
    return (struct capan_origin){.provenance = foreign ? CAPAN_PROVENANCE_OTHER_RESOURCE : CAPAN_PROVENANCE_UNSEEN};
}

/* The better source: a response of this capture, the newer one; then a reason why there is none. */
static bool is_better(const struct capan_origin *a, const struct capan_origin *b) {
    if ((a->frame > 0) != (b->frame > 0)) return a->frame > 0;
    return a->frame ? a->ns > b->ns
                    : b->provenance == CAPAN_PROVENANCE_UNSEEN && a->provenance != CAPAN_PROVENANCE_UNSEEN;
}

static struct capan_origin origin_of_list(struct capan_judgement *j, struct capan_store *store,
                                          const struct capan_copy *copy, enum capan_field number) {
    struct capan_origin best = {.provenance = CAPAN_PROVENANCE_NONE};
    size_t count, looked_up = 0;
    const struct capan_http_field *fields = capan_kept_from(&j->asked.kept, number, &count);
    struct capan_etag_list list = capan_etag_list(fields, count, number);
    struct capan_etag etag;
    for (enum capan_etag_member member;
         looked_up < MEMBERS_MAX && (member = capan_etag_next(&list, &etag)) != CAPAN_ETAG_END; looked_up++) {
        if (member == CAPAN_ETAG_STAR) continue;
        struct capan_tag tag = capan_tag_of(store->key, &etag, member == CAPAN_ETAG_MALFORMED);
        struct capan_origin origin = origin_of_tag(j, store, copy, &tag);
        if (best.provenance == CAPAN_PROVENANCE_NONE || is_better(&origin, &best)) best = origin;
    }
    return best;
}

static struct capan_origin origin_of_date(const struct capan_judgement *j, const struct capan_copy *copy,
                                          const struct capan_date_field *date) {
    const struct capan_issued *issued = date->valid ? find_issued(copy, CAPAN_ISSUED_MODIFIED, (uint64_t)date->seconds)
                                                    : find_issued(copy, CAPAN_ISSUED_MODIFIED_RAW, date->raw);
    if (issued) {
        const struct capan_date_field *current = j->known ? &j->known->modified : NULL;
        bool is_current =
            current && current->valid == date->valid && current->seconds == date->seconds && current->raw == date->raw;
        return origin_of_issued(j, issued, is_current);
    }
    bool derived = j->known && date->valid && j->known->date_s == date->seconds;
    return (struct capan_origin){.provenance = derived ? CAPAN_PROVENANCE_DATE_DERIVED : CAPAN_PROVENANCE_UNSEEN};
}

static struct capan_origin origin_of_range(struct capan_judgement *j, struct capan_store *store,
                                           const struct capan_copy *copy) {
    if (j->asked.ir_date.valid) return origin_of_date(j, copy, &j->asked.ir_date);
    return origin_of_tag(j, store, copy, &j->asked.ir_tag);
}

/* In the order of precedence (RFC 9110 13.2.2); the first that this capture issued tells, else the first at all. A date
 * that a tag overrides may still name the response that both came from. */
static void find_origin(struct capan_judgement *j, struct capan_store *store, const struct capan_copy *copy) {
    const struct capan_asked *asked = &j->asked;
    struct capan_origin origins[5];
    size_t count = 0;
    if (capan_judgement_has(j, CAPAN_ASKS_IM)) origins[count++] = origin_of_list(j, store, copy, CAPAN_FIELD_IF_MATCH);
    if (capan_judgement_has(j, CAPAN_ASKS_INM))
        origins[count++] = origin_of_list(j, store, copy, CAPAN_FIELD_IF_NONE_MATCH);
    if (asked->ius.present) origins[count++] = origin_of_date(j, copy, &asked->ius);
    if (asked->ims.present) origins[count++] = origin_of_date(j, copy, &asked->ims);
    if (capan_judgement_has(j, CAPAN_ASKS_IR)) origins[count++] = origin_of_range(j, store, copy);
    if (count == 0) return;
    j->origin = origins[0];
    for (size_t i = 1; i < count && !j->origin.frame; i++) {
        j->origin.frame = origins[i].frame;
        j->origin.ns = origins[i].ns;
        if (j->origin.provenance == CAPAN_PROVENANCE_NONE) j->origin.provenance = origins[i].provenance;
    }
    j->asked.foreign = origins[0].provenance == CAPAN_PROVENANCE_OTHER_RESOURCE;
    j->asked.other_variant = origins[0].provenance == CAPAN_PROVENANCE_OTHER_VARIANT;
}

void capan_provenance_find(struct capan_judgement *j, struct capan_store *store, const struct capan_copy *copy) {
    if (copy) j->known = capan_stored_hold(find_variant(j, store->key, copy));
    find_origin(j, store, copy);
    if (!j->known) return;
    j->facts |= CAPAN_HAD;
    j->known_usable = copy->invalidated_ns <= j->known->ns;
    if (capan_judgement_has(j, CAPAN_ASKS_INM)) {
        j->asked.inm_known =
            capan_match_of(store->key, &j->asked.kept, CAPAN_FIELD_IF_NONE_MATCH, capan_stored_tag(j->known));
    }
}
