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

/* Nothing newer came for its variant. What a HEAD or an error issues leaves no copy and may be newer than that. */
static bool is_newest(const struct capan_judgement *j, const struct capan_copy *copy,
                      const struct capan_issued *issued) {
    if (j->known && j->known->ns > issued->ns) return false;
    for (size_t i = 0; i < copy->issued_count; i++) {
        const struct capan_issued *other = &copy->issued[i];
        if (other->what == issued->what && other->variant == issued->variant && other->ns > issued->ns) return false;
    }
    return true;
}

/* What was issued without Vary goes with any request. */
static bool is_of_other_variant(const struct capan_judgement *j, const struct capan_issued *issued) {
    if (!issued->variant) return false;
    return j->known ? j->known->variant != issued->variant : j->asked.has_other_variants;
}

static struct capan_origin origin_of_issued(const struct capan_judgement *j, const struct capan_copy *copy,
                                            const struct capan_issued *issued, bool is_of_known) {
    struct capan_origin origin = {.provenance = CAPAN_PROVENANCE_SEEN, .frame = issued->frame, .ns = issued->ns};
    if (is_of_known) return origin;
    if (is_of_other_variant(j, issued))
        origin.provenance = CAPAN_PROVENANCE_OTHER_VARIANT;
    else if (!is_newest(j, copy, issued))
        origin.provenance = CAPAN_PROVENANCE_SEEN_OLDER;
    return origin;
}

static struct capan_origin origin_of_tag(struct capan_judgement *j, struct capan_store *store,
                                         const struct capan_copy *copy, const struct capan_tag *tag) {
    const struct capan_issued *issued = find_issued(copy, CAPAN_ISSUED_TAG, tag->whole);
    if (issued) {
        bool is_of_known = j->known && capan_tag_weak_equal(capan_stored_tag(j->known), tag);
        struct capan_origin origin = origin_of_issued(j, copy, issued, is_of_known);
        origin.is_weakened = issued->weak != tag->weak;
        if (origin.is_weakened) origin.provenance = CAPAN_PROVENANCE_TRANSFORMED;
        return origin;
    }
    if (j->forgotten) return (struct capan_origin){.provenance = CAPAN_PROVENANCE_FORGOTTEN};
    if (was_transformed(copy, tag)) return (struct capan_origin){.provenance = CAPAN_PROVENANCE_TRANSFORMED};
    const struct capan_tag_origin *elsewhere =
        capan_store_find(store, CAPAN_NODE_TAG, capan_mix(j->keys.client, tag->whole));
    if (elsewhere && elsewhere->resource != j->keys.resource)
        return (struct capan_origin){.provenance = CAPAN_PROVENANCE_OTHER_RESOURCE};
    if (!capan_store_forgot(store, CAPAN_NODE_TAG, capan_mix(j->keys.client, tag->whole)))
        return (struct capan_origin){.provenance = CAPAN_PROVENANCE_UNSEEN};
    j->forgotten |= 1 << CAPAN_FORGOT_RESPONSES;
    return (struct capan_origin){.provenance = CAPAN_PROVENANCE_FORGOTTEN};
}

/* The better source: a response of this capture, the newer one; then a reason why there is none. */
static bool is_better(const struct capan_origin *a, const struct capan_origin *b) {
    if ((a->frame > 0) != (b->frame > 0)) return a->frame > 0;
    return a->frame ? a->ns > b->ns
                    : b->provenance == CAPAN_PROVENANCE_UNSEEN && a->provenance != CAPAN_PROVENANCE_UNSEEN;
}

/* No response gave it to the client, for all that is known. */
static bool is_not_given(const struct capan_origin *origin) {
    return !origin->frame && origin->provenance != CAPAN_PROVENANCE_FORGOTTEN;
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
        if (tag.malformed && is_not_given(&origin)) j->asked.garbled |= UINT64_C(1) << number;
        if (best.provenance == CAPAN_PROVENANCE_NONE || is_better(&origin, &best)) best = origin;
    }
    return best;
}

static struct capan_origin origin_of_date(const struct capan_judgement *j, const struct capan_copy *copy,
                                          const struct capan_date_field *date) {
    const struct capan_issued *issued = NULL;
    if (date->valid || date->tailed) issued = find_issued(copy, CAPAN_ISSUED_MODIFIED, (uint64_t)date->seconds);
    if (!issued && !date->valid) issued = find_issued(copy, CAPAN_ISSUED_MODIFIED_RAW, date->raw);
    if (issued) {
        const struct capan_date_field *current = j->known ? &j->known->modified : NULL;
        bool is_of_known = current && current->present &&
                           (current->raw ? current->raw == date->raw : current->seconds == date->seconds);
        struct capan_origin origin = origin_of_issued(j, copy, issued, is_of_known);
        origin.is_odd = issued->odd;
        return origin;
    }
    bool derived = j->known && date->valid && j->known->date_s == date->seconds;
    return (struct capan_origin){.provenance = derived        ? CAPAN_PROVENANCE_DATE_DERIVED
                                               : j->forgotten ? CAPAN_PROVENANCE_FORGOTTEN
                                                              : CAPAN_PROVENANCE_UNSEEN};
}

static struct capan_origin origin_of_range(struct capan_judgement *j, struct capan_store *store,
                                           const struct capan_copy *copy) {
    if (j->asked.ir_date.valid) return origin_of_date(j, copy, &j->asked.ir_date);
    struct capan_origin origin = origin_of_tag(j, store, copy, &j->asked.ir_tag);
    if (j->asked.ir_tag.malformed && is_not_given(&origin)) j->asked.garbled |= UINT64_C(1) << CAPAN_FIELD_IF_RANGE;
    return origin;
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
    if (asked->ius.present) j->asked.echoes_date |= (origins[count++] = origin_of_date(j, copy, &asked->ius)).is_odd;
    if (asked->ims.present) j->asked.echoes_date |= (origins[count++] = origin_of_date(j, copy, &asked->ims)).is_odd;
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

/* A copy that was given up, now or before a newer one was made, or validators beyond what a copy holds. */
static bool lacks_issued(const struct capan_judgement *j, const struct capan_store *store,
                         const struct capan_copy *copy) {
    return capan_store_forgot(store, CAPAN_NODE_COPY, j->keys.copy) || (copy && copy->issued_count == CAPAN_ISSUED_MAX);
}

void capan_provenance_find(struct capan_judgement *j, struct capan_store *store, const struct capan_copy *copy) {
    if (lacks_issued(j, store, copy)) j->forgotten |= 1 << CAPAN_FORGOT_RESPONSES;
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
