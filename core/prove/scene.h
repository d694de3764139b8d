/* SPDX-License-Identifier: MIT */
/* What the names of formulas stand for: the segment, the frames that a proof names, the heads of its messages. */
#ifndef SCENE_H
#define SCENE_H

#include "heads.h"

struct scene {
    struct recording *recording;
    const struct record *self;                /* NULL: the proof is an exchange's */
    const struct head *asked, *answer, *copy; /* NULL where not found */
    bool has_method, bodiless;                /* the request is known; it was HEAD */
    int64_t it;
    const struct capan_quantity *quantities;
    size_t count;
};

/* Each false when there is no such quantity, frame, head or field of it. */
bool capan_scene_has(const struct scene *, struct capan_span name);
bool capan_scene_number(const struct scene *, struct capan_span name, int64_t *value);
bool capan_scene_field(const struct scene *, struct capan_span name, struct capan_span field, int64_t *value);

#endif
