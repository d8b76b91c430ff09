/**
 * ControlledShutdown (7): v0–3. A stopping broker asks the controller to move its leaders away first.
 * Versions: v1 client id in the header · v2 broker epoch (KIP-380) · v3 flexible.
 */
import {
  ControlledShutdownRequest,
  ControlledShutdownResponse,
} from '../../protocol/messages/07-controlled-shutdown';
import { defineHandler } from '../handler';

export const controlledShutdown = defineHandler({
  request: ControlledShutdownRequest,
  response: ControlledShutdownResponse,
  versions: [0, 3],
  handle: ({ broker }, request) => broker.controller.controlledShutdown(request),
});
