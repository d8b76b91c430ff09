/** One GET request, for commands that ask a broker how it is. */
import * as http from 'node:http';

import { NetworkError } from '../ports';
import { networkError } from './listening';

/** What is read of an answer at most. */
const MAX_BODY_CHARACTERS = 64 * 1024;

export interface HttpResult {
  readonly status: number;
  readonly body: string;
}

/** Rejects with a `NetworkError` if there is no whole answer within `timeoutMs`, or it is too long. */
export async function httpGet(url: URL, timeoutMs: number): Promise<HttpResult> {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(new NetworkError('ETIMEDOUT', `no answer in ${String(timeoutMs)} ms`));
  }, timeoutMs);
  try {
    return await get(url, abort.signal);
  } catch (error) {
    const reason: unknown = abort.signal.aborted ? abort.signal.reason : error;
    throw networkError(reason, `cannot get ${url.href}`);
  } finally {
    clearTimeout(timer);
  }
}

function get(url: URL, signal: AbortSignal): Promise<HttpResult> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length <= MAX_BODY_CHARACTERS) return;
        reject(new NetworkError('EMSGSIZE', 'the answer is too long'));
        request.destroy();
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    request.on('error', reject);
  });
}
