import { evaluateWindows, type WindowAnswer } from '@apollo-deploy/domain';
import type { Context } from '@apollo-deploy/orchestration';
import { Body, Controller, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { PostOperation } from '../http/operation.js';
import { CONTEXT } from '../platform/tokens.js';
import { readWindows } from './read-windows.js';
import { WindowsRequest } from './window-requests.js';
import { WindowAnswerView } from './window-views.js';
import { may } from '../http/access.js';
import { SOMEWHERE } from '../http/whereabouts.js';

@ApiTags('schedules')
@Controller('api/v1/windows')
export class WindowsController {
  constructor(@Inject(CONTEXT) private readonly context: Context) {}

  @Post('evaluate')
  @PostOperation({
    summary: 'Preview windows: open or shut at an instant, why, and until when',
    access: may('view', SOMEWHERE),
    answer: WindowAnswerView,
  })
  evaluate(@Body() request: WindowsRequest): WindowAnswer {
    const at = request.at === undefined ? this.context.clock.now() : new Date(request.at);
    return evaluateWindows(readWindows(request), at);
  }
}
