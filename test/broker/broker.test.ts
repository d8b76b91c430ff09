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

test.each`
  setting                          | value                                        | problem
  ${'authorizer.class.name'}       | ${'kafka.security.authorizer.AclAuthorizer'} | ${'ACLs are not checked'}
  ${'zookeeper.set.acl'}           | ${'true'}                                    | ${'znodes are open to everybody'}
  ${'zookeeper.ssl.client.enable'} | ${'true'}                                    | ${'no TLS is spoken'}
`('$setting is refused, not passed over: $problem', async ({ setting, value, problem }) => {
  const start = Broker.start({
    platform: nodePlatform(),
    properties: {
      'zookeeper.connect': '127.0.0.1:1',
      'broker.id': '1',
      listeners: 'PLAINTEXT://127.0.0.1:0',
      [setting]: value,
    },
  });
  await expect(start).rejects.toThrow(problem);
});
