/* SPDX-License-Identifier: MIT */
/* Where the verdicts of one capture go, by the command. */
#ifndef RUN_SINKS_H
#define RUN_SINKS_H

#include <stdatomic.h>

#include "database.h"
#include "objects.h"
#include "redact.h"
#include "relay.h"
#include "secrets.h"
#include "study.h"

/* One capture on its way. */
struct run {
    const struct options *options;
    struct capan_report *report;       /* NULL: no rows are wanted */
    struct objects *objects;           /* NULL: no files are wanted */
    struct database *database;         /* its rows are NULL: none is written */
    struct study *study;               /* NULL: none is made */
    struct capan_summary *summary;     /* NULL: no summary is wanted */
    struct capan_story *story;         /* NULL: no story is wanted */
    struct relay *relay;               /* exchanges are judged and rows written on its thread; NULL: on this one */
    const struct capan_slice *slice;   /* what the capture says of the split that it is a part of */
    struct partial *partial;           /* NULL: rows are not a part's, for merge */
    struct capan_extractor *extractor; /* likewise; what is read of verdicts is told there */
    struct redactor *of_exchanges, *of_pages; /* NULL: nothing is to be hidden */
    struct capan_tls_secrets *secrets;
    struct capan_tls_opener tls;
    struct capan_analysis *analysis;
    struct capan_profile *profile; /* NULL: nobody asks where time goes */
    unsigned threads;              /* that may be made, this one counted */
    const char *name;              /* of the capture, for people */
    bool began;                    /* a packet was seen: relative times have their origin */
    atomic_bool unflushed;         /* rows wait in the buffer */
    bool not_analysed;             /* at least one segment, for memory */
};

/* Whether rows may be another thread's: not where what gathers them is told of packets, too. */
bool run_is_relayed(const struct options *);
/* With a relay, where there is a thread for it. */
struct capan_sink run_sink(struct run *);
/* Once nothing more is told. */
void run_sink_end(struct run *);
/* For struct capan_config: those of the command, NULL where it has none. */
void (*run_page(struct run *))(void *, const struct capan_page *);
void (*run_content(const struct run *))(void *, const struct capan_content *);

#endif
