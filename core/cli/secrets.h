/* SPDX-License-Identifier: MIT */
/* TLS secrets out of the capture and of a file beside it, and what is to be said of them on standard error. */
#ifndef SECRETS_H
#define SECRETS_H

#include "options.h"

/* Lines of a key log, from what is called name. */
void secrets_add(struct capan_tls_secrets *, struct capan_span lines, const char *name);
/* Those of a file; the capture called name may hold more. file NULL: there is none. */
enum exit_status secrets_read(struct capan_tls_secrets *, const char *file, const char *name);
/* The capture called name was read: whether the file was of use. */
void secrets_tell(const struct capan_tls_secrets *, const struct capan_totals *, const char *file, const char *name);

#endif
