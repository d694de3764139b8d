/* SPDX-License-Identifier: MIT */
/* A story told as text. */
#ifndef TELL_H
#define TELL_H

#include "gathered.h"

/* All of it, frame by frame. */
void capan_tell(struct capan_story *, const struct capan_source *);
/* The one frame that is asked for: every number its verdicts rest on. */
void capan_prove(struct capan_story *);

/* The first step of a frame, or NULL. */
const struct capan_step *capan_story_step(const struct capan_story *, uint32_t frame);
/* "1474 = 14 link + 20 IP + 20 TCP + 1420 payload", and padding where there is some; nothing when not known. */
void capan_tell_layers(struct capan_out *, const struct capan_story *, const struct capan_segment *);

#endif
