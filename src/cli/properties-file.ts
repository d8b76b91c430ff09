/** Files of properties that are named on the command line. */
import { readFileSync } from 'node:fs';

import { parseProperties } from '../config/properties';
import { OperatorError } from './failure';

export function readProperties(file: string): Record<string, string> {
  try {
    return parseProperties(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new OperatorError(`${file}: cannot be read`, { cause: error });
  }
}
