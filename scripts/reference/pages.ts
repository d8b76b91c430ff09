/** The generated pages: each has a file of its own here, and one line below. */
import { apisPage } from './apis';
import { cliPage } from './cli';
import { errorsPage } from './errors';
import { metricsPage } from './metrics';
import type { Page } from './page';
import { settingsPage } from './settings';
import { znodesPage } from './znodes';

export const PAGES: readonly Page[] = [
  settingsPage,
  apisPage,
  errorsPage,
  cliPage,
  metricsPage,
  znodesPage,
];
