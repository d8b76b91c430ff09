import { Broker } from '../../src/broker/broker';
import { nodePlatform } from '../../src/platform/node';

test.each(['SSL', 'SASL_PLAINTEXT', 'SASL_SSL'])(
  'a %s listener is refused, not served in the clear',
  async (protocol) => {
    const start = Broker.start({
      platform: nodePlatform(),
      properties: {
        'zookeeper.connect': '127.0.0.1:1',
        'broker.id': '1',
        listeners: `PLAINTEXT://127.0.0.1:0,SECURE://127.0.0.1:0`,
        'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,SECURE:${protocol}`,
      },
    });
    await expect(start).rejects.toThrow(`SECURE uses ${protocol}, but only PLAINTEXT is served`);
  },
);
