#pragma once
/* The functions of libgomp that are needed, declared here so that gcc's own omp.h need not be installed. */
extern void omp_set_num_threads(int count);
extern int omp_get_max_threads(void);
extern void omp_set_dynamic(int is_dynamic);
extern void omp_set_max_active_levels(int levels);
extern int omp_get_max_active_levels(void);
