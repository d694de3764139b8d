/* SPDX-License-Identifier: MIT */
/* All of capan's public declarations. */
#ifndef CAPAN_CAPAN_H
#define CAPAN_CAPAN_H

#include "analysis.h"
#include "audit.h"
#include "base.h"
#include "capture.h"
#include "carriers.h"
#include "database.h"
#include "diff.h"
#include "etags.h"
#include "exchange.h"
#include "hpack.h"
#include "http.h"
#include "icmp.h"
#include "json.h"
#include "ledger.h"
#include "nearest.h"
#include "packet.h"
#include "places.h"
#include "profile.h"
#include "prove.h"
#include "qpack.h"
#include "reduce.h"
#include "report.h"
#include "rows.h"
#include "rules.h"
#include "sentence.h"
#include "split.h"
#include "statistics.h"
#include "stitch.h"
#include "talk.h"
#include "tcp.h"
#include "tls.h"
#include "whatif.h"

#endif
