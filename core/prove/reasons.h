/* SPDX-License-Identifier: MIT */
/* The comparison that the reason of an exchange's outcome stands for, made anew with the field lines of its heads. */
#ifndef REASONS_H
#define REASONS_H

#include "formulas.h"

/* reason: enum capan_http_reason. */
enum reading capan_reason_read(const struct scene *, unsigned reason);

#endif
