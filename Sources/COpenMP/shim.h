#pragma once
/* The two functions of libgomp that are needed, declared here so that gcc's own omp.h need not be installed. */
extern void omp_set_num_threads(int count);
extern int omp_get_max_threads(void);
