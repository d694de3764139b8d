/* SPDX-License-Identifier: MIT */
/* Who gets how much of --memory: engines, and what else keeps something until the end. Together they have it once. */
#ifndef SHARE_H
#define SHARE_H

#include "options.h"

struct share {
    uint64_t engine; /* octets, of each of the command's engines */
    uint64_t keeper; /* of the story, the study, or whatever else the command keeps */
    uint64_t side;   /* of what stands beside captures: TLS secrets, a baseline */
};
struct share share_of(const struct options *);

#endif
