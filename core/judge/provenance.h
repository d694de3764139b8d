/* SPDX-License-Identifier: MIT */
/* Where the validators of a request came from: the response that issued them to this client, or why none did. */
#ifndef PROVENANCE_H
#define PROVENANCE_H

#include "judgement.h"

/* Looks at the copy (NULL: none) as it is at the request's time: known, origin, and the facts about what the client
 * had. */
void capan_provenance_find(struct capan_judgement *, struct capan_store *, const struct capan_copy *);

#endif
