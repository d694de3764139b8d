/* SPDX-License-Identifier: MIT */
/* What an exchange leaves behind: the client's copy (RFC 9111 3, 3.4, 4.3.4, 4.3.5, 4.4), the validators it was given,
 * and what the response tells of the resource to everybody. */
#ifndef STORING_H
#define STORING_H

#include "judgement.h"

void capan_storing_keep(struct capan_judgement *, struct capan_store *);

#endif
