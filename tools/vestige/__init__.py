# SPDX-License-Identifier: BSD-2-Clause
"""The runner behind tools/run and tools/test: one concept in each module, standard library only."""
