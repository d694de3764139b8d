/* SPDX-License-Identifier: MIT */
/* A finding that travels: the smallest part of a capture that still gives it, anonymised, as pcapng and as a script. */
#ifndef REDUCE_CLI_H
#define REDUCE_CLI_H

#include <stdio.h>

#include "options.h"

/* Before rights are given up: the file of --script, NULL where none is asked for. On failure one line is told. */
enum exit_status reduce_open(const struct options *, FILE **script);
/* To standard output, or what stands in its place. EXIT_FINDINGS: there is no such finding, or it does not outlive its
 * anonymisation, and nothing is written. Closes script. */
enum exit_status reduce(const struct options *, FILE *script);

#endif
